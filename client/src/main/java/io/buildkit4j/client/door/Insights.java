package io.buildkit4j.client.door;

import io.buildkit4j.client.Explanation;
import io.buildkit4j.client.Explanation.Cause;
import io.buildkit4j.client.Explanation.FileChange;
import io.buildkit4j.client.Explanation.Ingredient;
import io.buildkit4j.client.Explanation.Step;
import io.buildkit4j.client.Explanation.Verdict;
import io.buildkit4j.image.Digest;
import java.time.Duration;
import java.util.Optional;

/** Explanations, read from messages. */
final class Insights {
    private Insights() {}

    static Explanation explanation(io.buildkit4j.wire.proto.insight.Explanation message) {
        return new Explanation(
                message.getRef(),
                Values.instant(message.getCreated()),
                message.getPreviousRef(),
                Values.instant(message.hasPreviousCreated(), message.getPreviousCreated()),
                message.getStepsList().stream().map(Insights::step).toList());
    }

    private static Step step(io.buildkit4j.wire.proto.insight.Step message) {
        return new Step(
                Digest.parse(message.getVertex()),
                message.getName(),
                verdict(message.getVerdict()),
                message.getKey(),
                message.getIngredientsList().stream()
                        .map(part -> new Ingredient(part.getName(), part.getValue()))
                        .toList(),
                message.getInputsList().stream().map(Digest::parse).toList(),
                message.getInternal(),
                message.getWork(),
                message.hasCause() ? Optional.of(cause(message.getCause())) : Optional.empty(),
                duration(message.getTook()),
                message.hasExpected() ? Optional.of(duration(message.getExpected())) : Optional.empty());
    }

    private static Duration duration(com.google.protobuf.Duration message) {
        return Duration.ofSeconds(message.getSeconds(), message.getNanos());
    }

    private static Verdict verdict(io.buildkit4j.wire.proto.insight.Verdict message) {
        return switch (message) {
            case VERDICT_HIT_BY_DEFINITION -> Verdict.HIT_BY_DEFINITION;
            case VERDICT_HIT_BY_CONTENT -> Verdict.HIT_BY_CONTENT;
            case VERDICT_SPARED -> Verdict.SPARED;
            case VERDICT_RUN -> Verdict.RUN;
            case VERDICT_FAILED -> Verdict.FAILED;
            case VERDICT_WOULD_RUN -> Verdict.WOULD_RUN;
            case VERDICT_UNKNOWN -> Verdict.UNKNOWN;
            case VERDICT_UNDECIDED, UNRECOGNIZED -> Verdict.UNDECIDED;
        };
    }

    private static Cause cause(io.buildkit4j.wire.proto.insight.Cause message) {
        return new Cause(
                message.getKind(),
                Digest.parse(message.getVertex()),
                message.getStep(),
                message.getSubject(),
                message.getBefore(),
                message.getAfter(),
                message.getSummary(),
                message.getFilesList().stream()
                        .map(file -> new FileChange(file.getPath(), file.getKind(), file.getBefore(), file.getAfter()))
                        .toList(),
                message.getFilesChanged(),
                message.getFilesTotal(),
                Values.instant(message.hasTime(), message.getTime()));
    }
}

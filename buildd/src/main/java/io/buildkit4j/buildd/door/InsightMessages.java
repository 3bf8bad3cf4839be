package io.buildkit4j.buildd.door;

import com.google.protobuf.Duration;
import io.buildkit4j.buildd.explain.Cause;
import io.buildkit4j.buildd.explain.Explanation;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.wire.proto.insight.FileChange;
import io.buildkit4j.wire.proto.insight.Ingredient;
import io.buildkit4j.wire.proto.insight.Step;
import io.buildkit4j.wire.proto.insight.Verdict;

/** Explanations as messages. */
final class InsightMessages {
    /** Changed files that are told one by one. */
    private static final int FILES = 100;

    private InsightMessages() {}

    static io.buildkit4j.wire.proto.insight.Explanation of(Explanation explanation) {
        var message = io.buildkit4j.wire.proto.insight.Explanation.newBuilder()
                .setRef(explanation.ref())
                .setCreated(Times.of(explanation.created()))
                .setPreviousRef(explanation.previous());
        explanation.previousCreated().ifPresent(time -> message.setPreviousCreated(Times.of(time)));
        explanation.steps().forEach(step -> message.addSteps(step(step)));
        return message.build();
    }

    private static Step step(Explanation.Step step) {
        StepAccount account = step.account();
        Step.Builder message = Step.newBuilder()
                .setVertex(account.vertex().toString())
                .setName(step.name())
                .setVerdict(verdict(account.verdict()))
                .setKey(account.key().map(Digest::toString).orElse(""))
                .setInternal(step.internal())
                .setWork(step.work());
        account.ingredients()
                .parts()
                .forEach(part -> message.addIngredients(
                        Ingredient.newBuilder().setName(part.name()).setValue(part.value())));
        account.inputs().forEach(input -> message.addInputs(input.vertex().toString()));
        if (!account.took().isZero()) {
            message.setTook(duration(account.took()));
        }
        step.cause().ifPresent(cause -> message.setCause(cause(cause)));
        step.expected().ifPresent(expected -> message.setExpected(duration(expected)));
        return message.build();
    }

    private static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    private static Verdict verdict(StepAccount.Verdict verdict) {
        return switch (verdict) {
            case HIT_BY_DEFINITION -> Verdict.VERDICT_HIT_BY_DEFINITION;
            case HIT_BY_CONTENT -> Verdict.VERDICT_HIT_BY_CONTENT;
            case SPARED -> Verdict.VERDICT_SPARED;
            case RUN -> Verdict.VERDICT_RUN;
            case FAILED -> Verdict.VERDICT_FAILED;
            case WOULD_RUN -> Verdict.VERDICT_WOULD_RUN;
            case UNKNOWN -> Verdict.VERDICT_UNKNOWN;
            case UNDECIDED -> Verdict.VERDICT_UNDECIDED;
        };
    }

    private static io.buildkit4j.wire.proto.insight.Cause cause(Cause cause) {
        var message = io.buildkit4j.wire.proto.insight.Cause.newBuilder()
                .setKind(cause.kind().name())
                .setVertex(cause.vertex().toString())
                .setStep(cause.step())
                .setSubject(cause.subject())
                .setBefore(cause.before())
                .setAfter(cause.after())
                .setSummary(cause.summary());
        cause.time().ifPresent(time -> message.setTime(Times.of(time)));
        cause.files().ifPresent(files -> {
            message.setFilesChanged(files.changes().size()).setFilesTotal(files.total());
            files.changes().stream()
                    .limit(FILES)
                    .forEach(change -> message.addFiles(FileChange.newBuilder()
                            .setPath(change.path())
                            .setKind(change.kind().name())
                            .setBefore(change.before())
                            .setAfter(change.after())));
        });
        return message.build();
    }
}

package io.buildkit4j.buildctl.progress;

import io.buildkit4j.client.Progress;
import io.buildkit4j.client.Progress.Counter;
import io.buildkit4j.client.Progress.VertexState;
import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of one build, brought up to date by frames. */
final class Steps {
    private final Map<String, Step> byKey = new LinkedHashMap<>();
    private final Map<Digest, Step> byVertex = new LinkedHashMap<>();
    private final List<Step> begun = new ArrayList<>();
    private final List<Progress.Warning> warnings = new ArrayList<>();

    void apply(Progress frame) {
        frame.vertexes().forEach(this::apply);
        frame.counters().forEach(this::apply);
        for (Progress.Output output : frame.outputs()) {
            Step step = byVertex.get(output.vertex());
            if (step != null) {
                step.pending.addAll(step.tail.add(output.bytes(), output.time()));
            }
        }
        // after the outputs of the same frame: an unfinished last line ends with its vertex
        for (VertexState vertex : frame.vertexes()) {
            Step step = byVertex.get(vertex.digest());
            if (step != null) {
                vertex.completed().ifPresent(end -> step.pending.addAll(step.tail.rest(end)));
            }
        }
        warnings.addAll(frame.warnings());
    }

    private void apply(VertexState vertex) {
        String key =
                vertex.group().map(Progress.Group::id).orElse(vertex.digest().toString());
        String name = vertex.group().map(Progress.Group::name).orElse(vertex.name());
        Step known = byVertex.get(vertex.digest());
        Step step = known != null ? known : byKey.computeIfAbsent(key, k -> new Step(name));
        byVertex.put(vertex.digest(), step);
        step.members.put(vertex.digest(), vertex);
    }

    private void apply(Counter counter) {
        Step step = byVertex.get(counter.vertex());
        if (step == null) {
            return;
        }
        Counter before = step.counters.put(counter.id(), counter);
        boolean ended = counter.completed().isPresent();
        if (ended && (before == null || before.completed().isEmpty())) {
            step.pending.add(new Step.Line(Optional.empty(), describe(counter) + " done"));
        }
    }

    static String describe(Counter counter) {
        if (counter.total() > 0) {
            return counter.id() + " " + Texts.bytes(counter.current()) + " / " + Texts.bytes(counter.total());
        }
        return counter.current() > 0 ? counter.id() + " " + Texts.bytes(counter.current()) : counter.id();
    }

    Collection<Step> all() {
        return byKey.values();
    }

    List<Progress.Warning> warnings() {
        return warnings;
    }

    /** Steps that have begun, in the order in which they did; they are numbered by it. */
    List<Step> visible() {
        byKey.values().stream()
                .filter(step -> step.number == 0 && step.visible())
                .sorted(Comparator.comparing(step -> step.started().orElse(Instant.MAX)))
                .forEach(step -> {
                    begun.add(step);
                    step.number = begun.size();
                });
        return List.copyOf(begun);
    }

    /** What failed, with the end of its output, between rules; and the warnings. Ends both displays. */
    String closing() {
        StringBuilder text = new StringBuilder();
        for (Step step : byKey.values()) {
            if (step.error().isPresent() && !step.canceled()) {
                text.append("------\n > ").append(step.name).append(":\n");
                Instant begin = step.started().orElse(Instant.EPOCH);
                for (Step.Line line : step.tail.last(LINES_OF_FAILURE)) {
                    text.append(stamped(line, begin)).append('\n');
                }
                text.append("------\n");
            }
        }
        if (!warnings.isEmpty()) {
            text.append("\n ")
                    .append(warnings.size())
                    .append(warnings.size() == 1 ? " warning found:\n" : " warnings found:\n");
            warnings.forEach(
                    warning -> text.append(" - ").append(warning.summary()).append('\n'));
        }
        return text.toString();
    }

    private static final int LINES_OF_FAILURE = 40;

    static String stamped(Step.Line line, Instant begin) {
        return line.time()
                .map(time -> Texts.seconds("%.3f ", Math.max(0, time.toEpochMilli() - begin.toEpochMilli()) / 1000.0))
                .map(stamp -> stamp + line.text())
                .orElse(line.text());
    }
}

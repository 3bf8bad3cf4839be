package io.buildkit4j.buildctl.progress;

import io.buildkit4j.client.Progress;
import io.buildkit4j.client.Progress.Counter;
import io.buildkit4j.client.Progress.VertexState;
import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of one build, brought up to date by frames. */
final class Steps {
    private final Map<String, Step> byGroup = new HashMap<>();
    private final Map<Digest, Step> byVertex = new HashMap<>();
    private final List<Step> all = new ArrayList<>();
    private final List<Step> waiting = new ArrayList<>();
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
        Step step = byVertex.computeIfAbsent(vertex.digest(), digest -> step(vertex));
        step.put(vertex);
    }

    private Step step(VertexState vertex) {
        return vertex.group()
                .map(group -> byGroup.computeIfAbsent(group.id(), id -> added(group.name())))
                .orElseGet(() -> added(vertex.name()));
    }

    private Step added(String name) {
        Step step = new Step(name);
        all.add(step);
        waiting.add(step);
        return step;
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

    List<Step> all() {
        return Collections.unmodifiableList(all);
    }

    List<Progress.Warning> warnings() {
        return warnings;
    }

    /** Steps that have begun, in the order in which they did; they are numbered by it. */
    List<Step> visible() {
        List<Step> fresh = new ArrayList<>();
        for (Step step : waiting) {
            if (step.visible()) {
                fresh.add(step);
            }
        }
        if (!fresh.isEmpty()) {
            waiting.removeAll(new HashSet<>(fresh));
            fresh.sort(Comparator.comparing(step -> step.started().orElse(Instant.MAX)));
            for (Step step : fresh) {
                begun.add(step);
                step.number = begun.size();
            }
        }
        return Collections.unmodifiableList(begun);
    }

    /** What failed, with the end of its output, between rules; and the warnings. Ends both displays. */
    String closing() {
        StringBuilder text = new StringBuilder();
        for (Step step : all) {
            if (!step.error().isEmpty() && !step.canceled()) {
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

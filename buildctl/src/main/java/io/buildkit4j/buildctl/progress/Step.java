package io.buildkit4j.buildctl.progress;

import io.buildkit4j.client.Progress.Counter;
import io.buildkit4j.client.Progress.VertexState;
import io.buildkit4j.image.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One line of what a person sees. */
final class Step {
    final String name;
    /** From 1, in the order in which steps began; 0 before. */
    int number;

    private final Map<Digest, VertexState> members = new LinkedHashMap<>();
    /** What the members amount to, gathered when one changes: it is asked about each step with every frame. */
    private Optional<Instant> started = Optional.empty();

    private Optional<Instant> completed = Optional.empty();
    private boolean cached;
    private String error = "";

    final Map<String, Counter> counters = new LinkedHashMap<>();
    final LogTail tail = new LogTail();
    /** Counters and whole log lines that are not shown yet. */
    final List<Line> pending = new ArrayList<>();

    boolean announced;
    boolean ended;

    /** A line about this step; {@code time} is empty for a counter. */
    record Line(Optional<Instant> time, String text) {}

    Step(String name) {
        this.name = name;
    }

    /** Takes the state of a vertex, new or changed. */
    void put(VertexState vertex) {
        members.put(vertex.digest(), vertex);
        if (members.size() == 1) {
            started = vertex.started();
            completed = vertex.completed();
            cached = vertex.cached();
            error = vertex.error();
        } else {
            gather();
        }
    }

    private void gather() {
        started = Optional.empty();
        completed = Optional.empty();
        cached = true;
        error = "";
        boolean going = false;
        for (VertexState member : members.values()) {
            started = earliest(started, member.started());
            completed = latest(completed, member.completed());
            going |= member.completed().isEmpty() && !member.cached();
            cached &= member.cached();
            error = error.isEmpty() ? member.error() : error;
        }
        completed = going ? Optional.empty() : completed;
    }

    private static Optional<Instant> earliest(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() || (other.isPresent() && other.get().isBefore(one.get())) ? other : one;
    }

    private static Optional<Instant> latest(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() || (other.isPresent() && other.get().isAfter(one.get())) ? other : one;
    }

    Optional<Instant> started() {
        return started;
    }

    /** Empty while any member runs or has not begun. */
    Optional<Instant> completed() {
        return completed;
    }

    boolean running() {
        return started.isPresent() && completed.isEmpty();
    }

    boolean visible() {
        return started.isPresent() || completed.isPresent() || !error.isEmpty();
    }

    boolean cached() {
        return cached;
    }

    /** Empty unless a member failed. */
    String error() {
        return error;
    }

    boolean canceled() {
        return error.contains("canceled");
    }

    /** Seconds that it has taken until the given moment, or until its end. */
    double seconds(Instant now) {
        Instant begin = started().orElse(now);
        Duration taken = Duration.between(begin, completed().orElse(now));
        return Math.max(0, taken.toMillis()) / 1000.0;
    }

    /** How it ended, as both displays say it. */
    String verdict(Instant now) {
        if (canceled()) {
            return "CANCELED";
        }
        if (!error.isEmpty()) {
            return "ERROR: " + error;
        }
        return cached ? "CACHED" : Texts.seconds("DONE %.1fs", seconds(now));
    }
}

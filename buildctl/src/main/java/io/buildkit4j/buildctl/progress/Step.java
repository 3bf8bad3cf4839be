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

    final Map<Digest, VertexState> members = new LinkedHashMap<>();
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

    Optional<Instant> started() {
        return members.values().stream()
                .flatMap(member -> member.started().stream())
                .min(Instant::compareTo);
    }

    /** Empty while any member runs or has not begun. */
    Optional<Instant> completed() {
        if (members.values().stream().anyMatch(member -> member.completed().isEmpty() && !member.cached())) {
            return Optional.empty();
        }
        return members.values().stream()
                .flatMap(member -> member.completed().stream())
                .max(Instant::compareTo);
    }

    boolean running() {
        return started().isPresent() && completed().isEmpty();
    }

    boolean visible() {
        return started().isPresent() || completed().isPresent() || error().isPresent();
    }

    boolean cached() {
        return !members.isEmpty() && members.values().stream().allMatch(VertexState::cached);
    }

    Optional<String> error() {
        return members.values().stream()
                .map(VertexState::error)
                .filter(error -> !error.isEmpty())
                .findFirst();
    }

    boolean canceled() {
        return error().filter(error -> error.contains("canceled")).isPresent();
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
        if (error().isPresent()) {
            return "ERROR: " + error().get();
        }
        return cached() ? "CACHED" : Texts.seconds("DONE %.1fs", seconds(now));
    }
}

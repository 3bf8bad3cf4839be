package io.buildkit4j.buildd.config;

import io.buildkit4j.footing.Durations;
import java.time.Duration;
import java.util.Optional;

/** Durations as Go writes them ({@code 1h30m}, with {@code d} for days), or a number of seconds. */
final class Spans {
    private Spans() {}

    static Optional<Duration> parse(String text) {
        String given = text.strip();
        if (given.matches("[0-9]{1,12}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(given)));
        }
        return Durations.parse(given);
    }
}

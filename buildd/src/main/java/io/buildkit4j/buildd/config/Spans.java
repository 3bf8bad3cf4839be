package io.buildkit4j.buildd.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them ({@code 1h30m}, with {@code d} for days), or a number of seconds. */
final class Spans {
    private static final Pattern PART = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(ms|d|h|m|s)");

    private Spans() {}

    static Optional<Duration> parse(String text) {
        String given = text.strip();
        if (given.matches("[0-9]{1,12}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(given)));
        }
        Matcher matcher = PART.matcher(given);
        Duration sum = Duration.ZERO;
        int at = 0;
        while (at < given.length() && matcher.find(at) && matcher.start() == at) {
            double millis = Double.parseDouble(matcher.group(1));
            millis *= switch (matcher.group(2)) {
                case "d" -> 86_400_000;
                case "h" -> 3_600_000;
                case "m" -> 60_000;
                case "s" -> 1_000;
                default -> 1;
            };
            sum = sum.plusMillis((long) millis);
            at = matcher.end();
        }
        return at == given.length() && at > 0 ? Optional.of(sum) : Optional.empty();
    }
}

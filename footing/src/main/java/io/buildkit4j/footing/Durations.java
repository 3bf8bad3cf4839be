package io.buildkit4j.footing;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them to programs in Go: {@code 1h30m}, {@code 1.5s}; with {@code d} for days. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(ms|d|h|m|s)");

    private Durations() {}

    /** The sum of the parts, to the millisecond; nothing when the text is anything else, or empty. */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int at = 0;
        while (at < text.length() && matcher.find(at) && matcher.start() == at) {
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
        return at == text.length() && at > 0 ? Optional.of(sum) : Optional.empty();
    }
}

package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes on the command line, as the original takes them. */
final class Spans {
    private static final Pattern PART = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(ms|d|h|m|s)");

    private Spans() {}

    /** {@code 48h}, {@code 1h30m}; also {@code 2d}. */
    static Duration duration(String flag, String text) {
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
        if (at < text.length() || (at == 0 && !text.isEmpty())) {
            throw new UsageFault("--" + flag + " takes a duration such as 48h or 1h30m, not " + text);
        }
        return sum;
    }

    /** Megabytes, maybe with decimals, in bytes. */
    static long megabytes(String flag, String text) {
        try {
            return (long) (Double.parseDouble(text) * 1e6);
        } catch (NumberFormatException wrong) {
            throw new UsageFault("--" + flag + " takes a number of megabytes, not " + text);
        }
    }
}

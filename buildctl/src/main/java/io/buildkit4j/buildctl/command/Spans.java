package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.footing.Durations;
import java.time.Duration;

/** Durations and sizes on the command line, as the original takes them. */
final class Spans {
    private Spans() {}

    /** {@code 48h}, {@code 1h30m}; also {@code 2d}. */
    static Duration duration(String flag, String text) {
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        return Durations.parse(text)
                .orElseThrow(() -> new UsageFault("--" + flag + " takes a duration such as 48h or 1h30m, not " + text));
    }

    /** A plain number of seconds, as the original takes it, or a duration. */
    static Duration seconds(String flag, String text) {
        return text.matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(text)) : duration(flag, text);
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

package io.buildkit4j.buildd.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of disk: bytes, or a share of the disk that the state directory is on. Written as a number of bytes, with a
 * unit of thousands or of 1024 ({@code 512MB}, {@code 10GiB}), or in per cent.
 */
public record Amount(long bytes, int percent) {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,15})(?:\\.([0-9]{1,3}))?\\s*([a-z%]*)");

    /** So many bytes. */
    public static Amount of(long bytes) {
        return new Amount(bytes, 0);
    }

    /** Reads it; nothing when it is not written so. */
    static Optional<Amount> parse(String text) {
        Matcher matcher = WRITTEN.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        double number = Double.parseDouble(
                matcher.group(1) + "." + Optional.ofNullable(matcher.group(2)).orElse("0"));
        String unit = matcher.group(3);
        if (unit.equals("%")) {
            return number <= 100 ? Optional.of(new Amount(0, (int) number)) : Optional.empty();
        }
        double factor = switch (unit) {
            case "", "b" -> 1;
            case "k", "kb" -> 1e3;
            case "m", "mb" -> 1e6;
            case "g", "gb" -> 1e9;
            case "t", "tb" -> 1e12;
            case "kib" -> 1L << 10;
            case "mib" -> 1L << 20;
            case "gib" -> 1L << 30;
            case "tib" -> 1L << 40;
            default -> -1;
        };
        return factor < 0 ? Optional.empty() : Optional.of(of((long) (number * factor)));
    }

    /** In bytes, on a disk of this size. */
    public long on(long disk) {
        return percent > 0 ? disk / 100 * percent : bytes;
    }
}

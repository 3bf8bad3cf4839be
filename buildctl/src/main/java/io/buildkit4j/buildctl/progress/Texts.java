package io.buildkit4j.buildctl.progress;

import java.util.Locale;

/** Numbers as text, in the English of the display whatever the locale. */
public final class Texts {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private Texts() {}

    static String seconds(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Bytes in powers of 1,000 with two decimals, such as {@code 12.34MB}. */
    public static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? count + "B" : String.format(Locale.ROOT, "%.2f%s", value, UNITS[unit]);
    }
}

package io.buildkit4j.frontend.emit;

import java.util.Locale;
import java.util.Set;

/** Names of Linux' signals, as STOPSIGNAL takes them: with or without SIG, or as a number. */
final class Signals {
    private static final Set<String> NAMES = Set.of(
            "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
            "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
            "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX");

    private Signals() {}

    static boolean isKnown(String text) {
        if (text.matches("\\d{1,4}")) {
            return Integer.parseInt(text) != 0;
        }
        String name = text.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
        return NAMES.contains(name)
                || name.matches("RTMIN\\+(?:[1-9]|1[0-5])")
                || name.matches("RTMAX-(?:[1-9]|1[0-4])");
    }
}

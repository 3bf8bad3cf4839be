package io.buildkit4j.linux;

import java.util.List;
import java.util.Locale;

/** Signals to processes, by the names and numbers of {@code signal(7)} on x86-64 and aarch64. */
public final class ProcessSignals {
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private ProcessSignals() {}

    /**
     * The number of a signal that is named with or without {@code SIG}, or by its number.
     *
     * @throws LinuxFault INVALID_ARGUMENT when there is none of that name
     */
    public static int number(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        int place = NAMES.indexOf(upper.startsWith("SIG") ? upper.substring(3) : upper);
        if (place >= 0) {
            return place + 1;
        }
        if (name.matches("[0-9]{1,2}") && Integer.parseInt(name) > 0 && Integer.parseInt(name) <= 64) {
            return Integer.parseInt(name);
        }
        throw new LinuxFault(
                io.buildkit4j.footing.Kind.INVALID_ARGUMENT,
                "there is no signal " + name + "; use one such as SIGINT",
                null);
    }

    /** Sends one; whether that process was there. */
    public static boolean send(long process, int signal) {
        try (Scratch s = Scratch.take()) {
            return FileCall.KILL.call(s, process, signal, 0) == 0;
        }
    }
}

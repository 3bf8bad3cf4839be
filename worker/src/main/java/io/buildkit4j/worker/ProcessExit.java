package io.buildkit4j.worker;

import java.util.Map;
import java.util.Optional;

/**
 * How a process ended.
 *
 * @param code its exit code, or 128 and the number of the signal that ended it
 * @param outOfMemory it was killed while the kernel was killing for want of memory
 * @param usage what it used, where that is counted
 */
public record ProcessExit(int code, boolean outOfMemory, Optional<ProcessUsage> usage) {
    /** Without what it used. */
    public ProcessExit(int code, boolean outOfMemory) {
        this(code, outOfMemory, Optional.empty());
    }

    private static final Map<Integer, String> SIGNALS = Map.ofEntries(
            Map.entry(1, "HUP"),
            Map.entry(2, "INT"),
            Map.entry(3, "QUIT"),
            Map.entry(4, "ILL"),
            Map.entry(6, "ABRT"),
            Map.entry(7, "BUS"),
            Map.entry(8, "FPE"),
            Map.entry(9, "KILL"),
            Map.entry(11, "SEGV"),
            Map.entry(13, "PIPE"),
            Map.entry(14, "ALRM"),
            Map.entry(15, "TERM"),
            Map.entry(31, "SYS"));

    /** Such as {@code exit code: 1} or {@code exit code: 137 (killed: out of memory)}. */
    public String describe() {
        String text = "exit code: " + code;
        if (outOfMemory) {
            return text + " (killed: out of memory)";
        }
        String signal = SIGNALS.get(code - 128);
        return signal == null ? text : text + " (signal " + signal + ")";
    }
}

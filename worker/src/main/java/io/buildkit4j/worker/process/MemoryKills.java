package io.buildkit4j.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many processes the kernel has killed for want of memory, in all. The runtime removes a container's control group,
 * with its own count, before anybody can look.
 */
public final class MemoryKills {
    private static final String COUNTER = "oom_kill ";

    private MemoryKills() {}

    /** 0 when the kernel does not tell. */
    public static long count() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/vmstat"))) {
                if (line.startsWith(COUNTER)) {
                    return Long.parseLong(line.substring(COUNTER.length()).strip());
                }
            }
        } catch (IOException ignored) {
            // Without the counter a killed process is reported by its signal only.
        }
        return 0;
    }
}

package io.buildkit4j.worker;

import java.time.Duration;
import java.util.Locale;

/**
 * What a process and all that it started have used of the machine.
 *
 * @param processor time of all cores together
 * @param memory most bytes at once, with the files it had in memory
 * @param read bytes from disks, what was in memory already not among them; {@code written} likewise
 */
public record ProcessUsage(Duration processor, long memory, long read, long written) {
    private static final long KIBI = 1024;

    /** Such as {@code used 0.31 s of processor, 12.5 MiB of memory; read 0 B, wrote 3 KiB}. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "used %.2f s of processor, %s of memory; read %s, wrote %s",
                processor.toMillis() / 1000.0,
                bytes(memory),
                bytes(read),
                bytes(written));
    }

    private static String bytes(long count) {
        if (count < KIBI) {
            return count + " B";
        }
        return count < KIBI * KIBI
                ? count / KIBI + " KiB"
                : String.format(Locale.ROOT, "%.1f MiB", count / (double) (KIBI * KIBI));
    }
}

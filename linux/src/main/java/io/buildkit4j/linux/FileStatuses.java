package io.buildkit4j.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** The kernel's structures for status and times, in the scratch memory's small part. */
final class FileStatuses {
    /** Basic fields and the mount id. */
    private static final long MASK = 0x7ff | 0x1000;

    private static final long SECOND = 1_000_000_000L;

    private FileStatuses() {}

    static long statx(Scratch s, long directory, long path, long flags) {
        return FileCall.STATX.call(s, new FileCall.Words(directory, path, flags, MASK, s.small.address(), 0));
    }

    /** Offsets of {@code struct statx}, see statx(2). */
    static FileStatus read(Scratch s) {
        MemorySegment at = s.small;
        return new FileStatus(
                at.get(JAVA_SHORT, 28) & 0xffff,
                at.get(JAVA_INT, 20),
                at.get(JAVA_INT, 24),
                at.get(JAVA_LONG, 40),
                at.get(JAVA_LONG, 48),
                at.get(JAVA_LONG, 112) * SECOND + at.get(JAVA_INT, 120),
                at.get(JAVA_LONG, 96) * SECOND + at.get(JAVA_INT, 104),
                FileStatus.device(at.get(JAVA_INT, 128), at.get(JAVA_INT, 132)),
                at.get(JAVA_LONG, 32),
                at.get(JAVA_INT, 16),
                FileStatus.device(at.get(JAVA_INT, 136), at.get(JAVA_INT, 140)),
                at.get(JAVA_LONG, 144));
    }

    /** Two {@code struct timespec}, access and modification alike. */
    static void times(Scratch s, long nanoseconds) {
        for (int i = 0; i < 2; i++) {
            s.small.set(JAVA_LONG, i * 16L, Math.floorDiv(nanoseconds, SECOND));
            s.small.set(JAVA_LONG, i * 16L + 8, Math.floorMod(nanoseconds, SECOND));
        }
    }
}

package io.buildkit4j.store;

import java.time.Duration;
import java.util.List;

/**
 * What may be removed, and how far. Records that something runs on, or that other records stand on, are never removed.
 * Without any of the three sizes everything that matches goes; with some of them the least recently used go until what is
 * left is at most {@code maxUsedSpace} and the disk has {@code minFreeSpace}, but never below {@code reservedSpace}.
 *
 * @param name in words a person understands; told with each removal
 * @param filters in containerd's language; empty for everything
 * @param all also what is internal, and the images of frontends
 * @param keepDuration what was used within this time stays
 * @param reservedSpace bytes; 0 for none, like the others
 */
public record PruneRule(
        String name,
        List<String> filters,
        boolean all,
        Duration keepDuration,
        long reservedSpace,
        long maxUsedSpace,
        long minFreeSpace) {
    /** The list is copied. */
    public PruneRule {
        filters = List.copyOf(filters);
    }

    /** Everything that is not in use. */
    public static PruneRule everything(String name) {
        return new PruneRule(name, List.of(), true, Duration.ZERO, 0, 0, 0);
    }

    /** Bytes that are kept of {@code used}, with so many free on the disk; 0 keeps nothing. */
    public long keeps(long used, long free) {
        if (maxUsedSpace == 0 && reservedSpace == 0 && minFreeSpace == 0) {
            return 0;
        }
        long excess = minFreeSpace - free;
        long keep = maxUsedSpace;
        if (excess > 0) {
            long left = Math.max(0, used - excess);
            keep = keep == 0 ? left : Math.min(keep, left);
        } else if (keep == 0 && reservedSpace == 0) {
            keep = used;
        }
        return Math.max(keep, reservedSpace);
    }
}

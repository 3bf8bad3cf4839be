package io.buildkit4j.client;

import java.time.Duration;
import java.util.List;

/** A rule by which a daemon removes records by itself; as in {@link PruneRequest}. */
public record StorageRule(List<String> filters, boolean all, Duration keep, long reserved, long maxUsed, long minFree) {
    /** The list is copied. */
    public StorageRule {
        filters = List.copyOf(filters);
    }
}

package io.buildkit4j.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One record as usage shows it.
 *
 * @param size bytes on disk of this snapshot alone and of blobs that only it needs
 * @param shared another record has the same content below it
 */
public record UsageRecord(
        String id,
        List<String> parents,
        boolean mutable,
        boolean inUse,
        boolean shared,
        long size,
        Instant created,
        Optional<Instant> lastUsed,
        long useCount,
        RefDescription description) {
    /** The same with another size. */
    public UsageRecord withSize(long bytes) {
        return new UsageRecord(id, parents, mutable, inUse, shared, bytes, created, lastUsed, useCount, description);
    }
}

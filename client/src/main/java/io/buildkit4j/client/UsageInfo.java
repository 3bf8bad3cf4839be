package io.buildkit4j.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One record of what a daemon keeps.
 *
 * @param size in bytes
 * @param recordType such as {@code regular} or {@code source.local}
 */
public record UsageInfo(
        String id,
        boolean mutable,
        boolean inUse,
        boolean shared,
        long size,
        List<String> parents,
        Instant created,
        Optional<Instant> lastUsed,
        long useCount,
        String description,
        String recordType) {}

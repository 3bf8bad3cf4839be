package io.buildkit4j.store;

import java.time.Instant;

/**
 * That a record was removed to make room.
 *
 * @param id the record's, as in {@link UsageRecord#id}
 * @param rule in words a person understands, such as {@code keep at most 10 GB} or {@code pruned by hand}
 */
public record Eviction(String id, Instant time, String rule) {}

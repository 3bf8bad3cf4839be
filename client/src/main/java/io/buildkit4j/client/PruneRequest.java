package io.buildkit4j.client;

import java.time.Duration;
import java.util.List;

/**
 * What to remove of what nothing uses. Without sizes everything that is selected goes; with them the least recently used
 * go until no more than {@code maxUsed} is left and {@code minFree} is free, but never below {@code reserved}.
 *
 * @param filters as for usage; empty for everything
 * @param all also what is internal, and images of frontends
 * @param keep what was used within this time stays
 * @param reserved bytes, like the others; 0 for none
 */
public record PruneRequest(
        List<String> filters, boolean all, Duration keep, long reserved, long maxUsed, long minFree) {
    /** The list is copied. */
    public PruneRequest {
        filters = List.copyOf(filters);
    }
}

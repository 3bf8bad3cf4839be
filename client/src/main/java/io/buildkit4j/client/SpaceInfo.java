package io.buildkit4j.client;

import java.util.List;

/**
 * Where a daemon's disk has gone, in bytes.
 *
 * @param cap never exceeded; 0 for none
 * @param other of what is used, that which is no record
 * @param next records that nothing runs on, in the order in which they would go
 */
public record SpaceInfo(long cap, long used, long other, long diskFree, long diskSize, List<Leaving> next) {
    /** The list is copied. */
    public SpaceInfo {
        next = List.copyOf(next);
    }

    /**
     * A record that would go.
     *
     * @param rule that would remove it at the next collection; empty when it goes only for want of room
     */
    public record Leaving(String id, String rule) {}
}

package io.buildkit4j.store;

import java.util.List;

/**
 * Where the disk has gone.
 *
 * @param cap bytes; 0 for none
 * @param used bytes of everything below the state directory, as far as it is known
 * @param other of these, what is no record: the database, histories of builds, running steps
 * @param rules in the order in which they are applied
 * @param nextToGo records that nothing runs on, in the order in which they would be removed if all room was wanted now
 */
public record SpaceUsage(
        long cap, long used, long other, long diskFree, long diskSize, List<PruneRule> rules, List<Leaving> nextToGo) {
    /** Lists are copied. */
    public SpaceUsage {
        rules = List.copyOf(rules);
        nextToGo = List.copyOf(nextToGo);
    }

    /**
     * A record that would go.
     *
     * @param rule the name of the rule that would remove it at the next collection; empty when it goes only for want of room
     */
    public record Leaving(String id, String rule) {}
}

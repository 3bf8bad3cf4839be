package io.buildkit4j.store;

import java.util.List;

/**
 * Where the disk has gone.
 *
 * @param cap bytes; 0 for none
 * @param used bytes of everything below the state directory, as far as it is known
 * @param other of these, what is no record: the database, histories of builds, running steps
 * @param rules in the order in which they are applied
 * @param nextToGo ids of records in the order in which they would be removed if room was wanted now
 */
public record SpaceUsage(
        long cap, long used, long other, long diskFree, long diskSize, List<PruneRule> rules, List<String> nextToGo) {
    /** Lists are copied. */
    public SpaceUsage {
        rules = List.copyOf(rules);
        nextToGo = List.copyOf(nextToGo);
    }
}

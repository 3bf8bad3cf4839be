package io.buildkit4j.store;

import java.util.List;

/**
 * How much disk the store may use.
 *
 * @param rules applied one after the other some time after builds; empty to collect nothing by itself
 * @param cap bytes that everything below the state directory never exceeds: steps make room before they write, and a step
 *     that finds none fails; 0 for no cap
 */
public record SpacePolicy(List<PruneRule> rules, long cap) {
    /** No rules and no cap. */
    public static final SpacePolicy NONE = new SpacePolicy(List.of(), 0);

    /** The list is copied. */
    public SpacePolicy {
        rules = List.copyOf(rules);
    }
}

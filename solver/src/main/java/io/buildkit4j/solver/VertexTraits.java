package io.buildkit4j.solver;

import java.util.Optional;

/**
 * How a vertex wants to be treated.
 *
 * @param ignoreCache run it even when a result is known; what it makes is still saved
 * @param exportCache whether its result belongs into an exported cache; empty leaves it to the exporter's mode
 * @param group the line that it is shown under
 */
public record VertexTraits(boolean ignoreCache, Optional<Boolean> exportCache, Optional<ProgressGroup> group) {
    /** Nothing special. */
    public static final VertexTraits PLAIN = new VertexTraits(false, Optional.empty(), Optional.empty());

    /**
     * Several vertices shown as one.
     *
     * @param weak gives way to another group of the same vertex
     */
    public record ProgressGroup(String id, String name, boolean weak) {}
}

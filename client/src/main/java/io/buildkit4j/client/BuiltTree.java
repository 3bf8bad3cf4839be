package io.buildkit4j.client;

import io.buildkit4j.llb.Definition;

/**
 * A tree of one build in the daemon, which need not be made yet.
 *
 * @param id in that build; empty for the empty tree
 * @param definition what it is made by, for use in other definitions; the empty one where the daemon does not say
 */
public record BuiltTree(String id, Definition definition) {
    /** The empty tree. */
    public static final BuiltTree EMPTY = new BuiltTree("", Definition.scratch());
}

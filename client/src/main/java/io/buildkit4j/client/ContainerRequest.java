package io.buildkit4j.client;

import java.util.List;

/**
 * A container that a frontend wants, for processes that are no steps of the build.
 *
 * @param mounts one of them at {@code /}
 * @param network {@code true} for the daemon's usual network, {@code false} for none
 * @param hostname empty for the usual one
 */
public record ContainerRequest(List<Mount> mounts, boolean network, String hostname) {
    /** Mounts are copied. */
    public ContainerRequest {
        mounts = List.copyOf(mounts);
    }

    /** A tree as the root, and the usual surroundings. */
    public static ContainerRequest of(BuiltTree root) {
        return new ContainerRequest(List.of(new Mount(root, "/", false)), true, "");
    }

    /** A tree at a path. What processes write to it is theirs alone. */
    public record Mount(BuiltTree tree, String path, boolean readOnly) {}
}

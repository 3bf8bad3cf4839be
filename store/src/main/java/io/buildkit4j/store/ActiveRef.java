package io.buildkit4j.store;

/** A snapshot that is being written. Closing it without a commit leaves nothing behind. */
public interface ActiveRef extends AutoCloseable {
    /** Writes through the merged view into this snapshot's own directory, without mounting anything. */
    TreeWriter tree();

    /** Mounts it writable at a place of its own until the mount is closed; to be closed before {@link #commit}. May wait for room. */
    MountedTree mount() throws InterruptedException;

    /**
     * Makes it immutable and answers a hold on it. The active ref is closed by that. It becomes durable within moments,
     * together with others; see {@link Store#flush}.
     */
    Ref commit() throws InterruptedException;

    @Override
    void close();
}

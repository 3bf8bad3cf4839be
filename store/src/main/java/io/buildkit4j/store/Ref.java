package io.buildkit4j.store;

import io.buildkit4j.image.Digest;
import java.util.List;

/**
 * A hold on a committed snapshot. It is its own lease: as long as one is open, the snapshot and its parents stay. Safe for
 * any thread until closed.
 */
public interface Ref extends AutoCloseable {
    /** The record's id; equal for all holds on one snapshot and after a restart. */
    String id();

    /** A second, independent hold. */
    Ref share();

    /**
     * Fetches and applies the layers that were put off by {@link Store#defer}; nothing when there are none. Whatever looks
     * inside does so too, without saying anything.
     */
    void fetch(TransferListener listener) throws InterruptedException;

    /** The file system as a tree, read without mounting anything. */
    TreeReader tree() throws InterruptedException;

    /** Mounts it read-only at a place of its own until the mount is closed. */
    MountedTree mountReadOnly() throws InterruptedException;

    /** The content digest of what the query selects: a Merkle root over names, types, modes, owners, xattrs and bytes. */
    Digest contentDigest(ContentQuery query) throws InterruptedException;

    /** Every entry with what it adds to the content digest; costs a look at each file, and a read of those not hashed yet. */
    List<FilePrint> prints() throws InterruptedException;

    /** What usage says of it. */
    UsageRecord usage();

    @Override
    void close();
}

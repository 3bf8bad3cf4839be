package io.buildkit4j.store;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.disk.DiskStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Everything below the state directory. One store holds one directory; a second one on the same directory is refused. */
public interface Store extends AutoCloseable {
    /**
     * Opens the state directory, or makes it, and removes what a crash left in it.
     *
     * @throws StoreFault FAILED_PRECONDITION when another process has it, whose number the message names
     */
    static Store open(Path directory) {
        return open(directory, SpacePolicy.NONE);
    }

    /** As {@link #open(Path)}, using no more disk than the policy allows. */
    static Store open(Path directory, SpacePolicy policy) {
        return open(directory, policy, Snapshotter.AUTO);
    }

    /**
     * As {@link #open(Path, SpacePolicy)}, showing snapshots in this way.
     *
     * @throws StoreFault FAILED_PRECONDITION also when overlayfs is wanted and does not work there
     */
    static Store open(Path directory, SpacePolicy policy, Snapshotter snapshotter) {
        return DiskStore.open(directory, policy, snapshotter);
    }

    /** How snapshots are shown; never {@code AUTO}. */
    Snapshotter snapshotter();

    /** Content by digest. */
    ContentStore content();

    /** A table of the crash-safe metadata database, made when first asked for. */
    MetadataTable table(String name);

    /** The empty file system. */
    Ref scratch();

    /** A hold on the committed snapshot with this id, or nothing when it is gone or damaged. */
    Optional<Ref> find(String id);

    /** Whether the snapshot with this id is recorded; looks at no file, so {@link #find} may still miss it. */
    boolean has(String id);

    /** Begins a writable snapshot over the parent. The parent stays the caller's. */
    ActiveRef begin(Ref parent, RefDescription description) throws InterruptedException;

    /**
     * The file system of a chain of image layers, each applied at most once on this machine: chains that share their first
     * layers share those snapshots. Blobs that are not here are fetched from the source, verified and kept.
     */
    Ref unpack(List<LayerBlob> layers, BlobSource source, TransferListener listener) throws InterruptedException;

    /**
     * As {@link #unpack}, but fetches a layer only when somebody looks inside, and its blob only when somebody reads that.
     * What is never looked at is forgotten when the store is closed. The source is asked as long as the store is open.
     */
    Ref defer(List<LayerBlob> layers, BlobSource source) throws InterruptedException;

    /** One file system of several, the later over the earlier, without copying where possible. */
    Ref merge(List<Ref> inputs, RefDescription description) throws InterruptedException;

    /** What has to be laid over {@code lower} to get {@code upper}. */
    Ref diff(Ref lower, Ref upper, RefDescription description) throws InterruptedException;

    /**
     * The ref as a chain of layer blobs, bottom first, made now where they are not there yet. Blobs of layers that were put
     * off come into the content store when they are read from it.
     */
    List<LayerBlob> layers(Ref ref, LayerFormat format) throws InterruptedException;

    /** Every snapshot's record, with the blobs that it pays for; but not those of layers that were put off. */
    List<UsageRecord> usage();

    /** Content that no snapshot pays for, such as manifests; each blob under its digest as a record that is internal. */
    List<UsageRecord> looseContent();

    /** Removes the record unless it is held or others stand on it; answers the bytes that this freed. */
    Optional<Long> remove(String id);

    /** What was removed to make room, and why. Whoever removes a record by a rule notes it here. */
    default EvictionLog evictions() {
        return new EvictionLog(table("evictions"));
    }

    /** Removes by a rule, now; {@code gone} hears of each record, with the bytes that its removal freed as its size. */
    void prune(PruneRule rule, Consumer<UsageRecord> gone) throws InterruptedException;

    /** Asks for the rules of the policy to be applied soon, at most once a minute. */
    void collect();

    /** The rules of the policy. */
    List<PruneRule> rules();

    /** Where the disk has gone, and what goes next. */
    SpaceUsage space() throws InterruptedException;

    /**
     * Runs something that writes. When the disk or the store's cap is full, or it is stopped because it would go beyond the
     * cap, everything that may go is removed and it is run once more. What is called by it on this thread, or on threads
     * started by it, belongs to it.
     */
    <T> T withRoom(Writing<T> work) throws InterruptedException;

    /**
     * As long as the answer is open, what a step has started can be made to wait while room is made for it. Belongs to the
     * step that this thread works for; closing lets it go on.
     */
    Work brake(Brake brake);

    /** As long as the answer is open, content that was asked for since stays, whether or not a record needs it. */
    Work work();

    /**
     * From now on these blobs stay as long as the owner, whose name is no record's id, and what it owned before does not; a
     * blob of several owners is paid for by the first.
     */
    void own(String owner, List<Digest> blobs);

    /** Bytes of the blobs that the owner pays for. */
    long paid(String owner);

    /** The owner is gone; blobs that nobody else needs are removed. Answers the bytes that this freed. */
    long release(String owner);

    /** From now on the keeper's records are subject to rules and cap. */
    void join(RecordKeeper keeper);

    /** From now on the listener hears of records that are removed. */
    void listen(RemovalListener listener);

    /**
     * Reads all blobs and looks at every file of every snapshot. What is damaged is a miss from then on. Others may use the
     * store meanwhile.
     */
    Verification verify() throws InterruptedException;

    /** Makes durable at once what was committed so far; else that happens within moments. */
    void flush();

    @Override
    void close();
}

package io.buildkit4j.store;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.store.disk.DiskStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Everything below the state directory. One store holds one directory; a second one on the same directory is refused. */
public interface Store extends AutoCloseable {
    /**
     * Opens the state directory, or makes it, and removes what a crash left in it.
     *
     * @throws StoreFault FAILED_PRECONDITION when another process has it, whose number the message names
     */
    static Store open(Path directory) {
        return DiskStore.open(directory);
    }

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
    ActiveRef begin(Ref parent, RefDescription description);

    /**
     * The file system of a chain of image layers, each applied at most once on this machine: chains that share their first
     * layers share those snapshots. Blobs that are not here are fetched from the source, verified and kept.
     */
    Ref unpack(List<LayerBlob> layers, BlobSource source, TransferListener listener) throws InterruptedException;

    /** One file system of several, the later over the earlier, without copying where possible. */
    Ref merge(List<Ref> inputs, RefDescription description) throws InterruptedException;

    /** What has to be laid over {@code lower} to get {@code upper}. */
    Ref diff(Ref lower, Ref upper, RefDescription description) throws InterruptedException;

    /** The ref as a chain of layer blobs in the content store, bottom first, made now where they are not there yet. */
    List<LayerBlob> layers(Ref ref, LayerFormat format) throws InterruptedException;

    /** Every record, for usage and garbage collection. */
    List<UsageRecord> usage();

    /** Removes the record unless it is held or others stand on it; answers the bytes that this freed. */
    Optional<Long> remove(String id);

    /** What was removed to make room, and why. Whoever removes a record by a rule notes it here. */
    default EvictionLog evictions() {
        return new EvictionLog(table("evictions"));
    }

    /** Makes durable at once what was committed so far; else that happens within moments. */
    void flush();

    @Override
    void close();
}

package io.buildkit4j.store;

import io.buildkit4j.image.BlobSource;
import java.util.List;
import java.util.Optional;

/** Everything below the state directory. One store holds one directory; a second one on the same directory is refused. */
public interface Store extends AutoCloseable {
    /** Content by digest. */
    ContentStore content();

    /** A table of the crash-safe metadata database, made when first asked for. */
    MetadataTable table(String name);

    /** The empty file system. */
    Ref scratch();

    /** A hold on the committed snapshot with this id, or nothing when it is gone or damaged. */
    Optional<Ref> find(String id);

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

    @Override
    void close();
}

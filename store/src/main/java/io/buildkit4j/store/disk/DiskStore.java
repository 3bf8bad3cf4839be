package io.buildkit4j.store.disk;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.layer.LayerExport;
import io.buildkit4j.store.layer.LayerNotes;
import io.buildkit4j.store.layer.TreeDifference;
import io.buildkit4j.store.layer.Unpacker;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import io.buildkit4j.store.snapshot.ActiveSnapshot;
import io.buildkit4j.store.snapshot.MountDirectory;
import io.buildkit4j.store.snapshot.SnapshotFiles;
import io.buildkit4j.store.snapshot.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The store of one state directory. */
public final class DiskStore implements Store {
    private final StateLock lock;
    private final Database database;
    private final DeferredWrites deferred;
    private final MountDirectory mounts;
    private final Blobs blobs;
    private final Snapshots snapshots;
    private final Unpacker unpacker;
    private final LayerExport export;
    private final EvictionLog evictions;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DiskStore(Path root, StateLock lock, Database database) {
        this.lock = lock;
        this.database = database;
        deferred = new DeferredWrites(database, root);
        mounts = new MountDirectory(root);
        SnapshotFiles files = new SnapshotFiles(root);
        snapshots = new Snapshots(files, mounts, database, deferred);
        blobs = new Blobs(root.resolve("content"), root.resolve("tmp"), database, deferred);
        LayerNotes notes = new LayerNotes(database, deferred);
        unpacker = new Unpacker(snapshots, blobs, notes, database, deferred);
        evictions = new EvictionLog(table("evictions"));
        export = new LayerExport(snapshots, blobs, notes);
    }

    /** See {@link Store#open}. */
    public static DiskStore open(Path directory) {
        Path root = made(directory);
        StateLock lock = StateLock.take(root.resolve("lock"));
        try {
            Database database = Database.open(root.resolve("metadata.db"), root.resolve("native"));
            try {
                return new DiskStore(root, lock, database);
            } catch (RuntimeException failed) {
                database.close();
                throw failed;
            }
        } catch (RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    private static Path made(Path directory) {
        try {
            Files.createDirectories(directory);
            Path root = directory.toRealPath();
            Files.createDirectories(root.resolve("native"));
            return root;
        } catch (IOException failed) {
            throw new StoreFault(
                    Kind.FAILED_PRECONDITION, "cannot make the state directory " + directory + ": " + failed, failed);
        }
    }

    @Override
    public ContentStore content() {
        return blobs;
    }

    @Override
    public MetadataTable table(String name) {
        // the store's own tables must not be reached by accident
        return deferred.table("table/" + name);
    }

    @Override
    public Ref scratch() {
        return snapshots.scratch();
    }

    @Override
    public Optional<Ref> find(String id) {
        return snapshots.find(id);
    }

    @Override
    public boolean has(String id) {
        return snapshots.has(id);
    }

    @Override
    public ActiveRef begin(Ref parent, RefDescription description) {
        return snapshots.begin(parent, description);
    }

    @Override
    public Ref unpack(List<LayerBlob> layers, BlobSource source, TransferListener listener)
            throws InterruptedException {
        return unpacker.unpack(layers, source, listener);
    }

    @Override
    public Ref merge(List<Ref> inputs, RefDescription description) {
        return snapshots.merge(inputs, description);
    }

    @Override
    public Ref diff(Ref lower, Ref upper, RefDescription description) throws InterruptedException {
        Optional<Ref> stacked = snapshots.difference(lower, upper, description);
        if (stacked.isPresent()) {
            return stacked.get();
        }
        try (ActiveSnapshot changes = snapshots.begin(lower, description)) {
            new TreeDifference(lower.tree(), upper.tree(), changes.tree()).apply();
            return changes.commitAlone();
        }
    }

    @Override
    public List<LayerBlob> layers(Ref ref, LayerFormat format) throws InterruptedException {
        return export.layers(ref, format);
    }

    @Override
    public List<UsageRecord> usage() {
        return snapshots.usage();
    }

    @Override
    public Optional<Long> remove(String id) {
        return snapshots.remove(id);
    }

    @Override
    public EvictionLog evictions() {
        return evictions;
    }

    @Override
    public void flush() {
        deferred.flush();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (lock;
                    database;
                    deferred) {
                mounts.close();
                snapshots.close();
            }
        }
    }
}

package io.buildkit4j.store.disk;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.RecordKeeper;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.RemovalListener;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.store.SpacePolicy;
import io.buildkit4j.store.SpaceUsage;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.Verification;
import io.buildkit4j.store.Work;
import io.buildkit4j.store.Writing;
import io.buildkit4j.store.budget.Budget;
import io.buildkit4j.store.content.BlobLedger;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.layer.LayerExport;
import io.buildkit4j.store.layer.LayerNotes;
import io.buildkit4j.store.layer.TreeDifference;
import io.buildkit4j.store.layer.Unpacker;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import io.buildkit4j.store.snapshot.ActiveSnapshot;
import io.buildkit4j.store.snapshot.Combinations;
import io.buildkit4j.store.snapshot.MountDirectory;
import io.buildkit4j.store.snapshot.SnapshotFiles;
import io.buildkit4j.store.snapshot.Snapshots;
import io.buildkit4j.store.space.Attempts;
import io.buildkit4j.store.space.Records;
import io.buildkit4j.store.space.Space;
import io.buildkit4j.store.space.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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
    private final BlobLedger ledger;
    private final Records records;
    private final Space space;
    private final Watch watch;
    private final Attempts attempts;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DiskStore(Path root, StateLock lock, Database database, Settings settings) {
        this.lock = lock;
        this.database = database;
        deferred = new DeferredWrites(database, root);
        mounts = new MountDirectory(root, settings.snapshotter);
        SnapshotFiles files = new SnapshotFiles(root);
        Budget budget = new Budget();
        snapshots = new Snapshots(files, mounts, database, deferred, budget);
        BlobLedger ledger = new BlobLedger();
        blobs = new Blobs(root, database, deferred, ledger, budget);
        LayerNotes notes = new LayerNotes(database, deferred, ledger);
        unpacker = new Unpacker(snapshots, blobs, notes, database, deferred);
        blobs.supplyBy(unpacker::supply);
        evictions = new EvictionLog(table("evictions"));
        export = new LayerExport(snapshots, blobs, notes);
        this.ledger = ledger;
        records = new Records(snapshots, new Records.Content(blobs, ledger, notes, unpacker), evictions);
        space = new Space(root, settings.policy, new Space.Counts(records, snapshots, ledger, budget));
        watch = new Watch(space, snapshots);
        attempts = new Attempts(watch, space);
        snapshots
                .late()
                .fetchBy((snapshot, listener) -> attempts.withRoom(() -> {
                    unpacker.complete(snapshot, listener);
                    return snapshot;
                }));
    }

    private record Settings(SpacePolicy policy, Snapshotter snapshotter) {}

    /** See {@link Store#open}. */
    public static DiskStore open(Path directory, SpacePolicy policy, Snapshotter snapshotter) {
        Path root = made(directory);
        StateLock lock = StateLock.take(root.resolve("lock"));
        try {
            Database database = Database.open(root.resolve("metadata.db"), root.resolve("native"));
            try {
                return new DiskStore(root, lock, database, new Settings(policy, snapshotter));
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
    public Snapshotter snapshotter() {
        return snapshots.copies() ? Snapshotter.NATIVE : Snapshotter.OVERLAYFS;
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
    public ActiveRef begin(Ref parent, RefDescription description) throws InterruptedException {
        return snapshots.begin(parent, description);
    }

    @Override
    public Ref unpack(List<LayerBlob> layers, BlobSource source, TransferListener listener)
            throws InterruptedException {
        Ref ref = unpacker.defer(layers, source);
        boolean there = false;
        try {
            ref.fetch(listener);
            there = true;
            return ref;
        } finally {
            if (!there) {
                ref.close();
            }
        }
    }

    @Override
    public Ref defer(List<LayerBlob> layers, BlobSource source) throws InterruptedException {
        return unpacker.defer(layers, source);
    }

    @Override
    public Ref merge(List<Ref> inputs, RefDescription description) {
        return new Combinations(snapshots).merge(inputs, description);
    }

    @Override
    public Ref diff(Ref lower, Ref upper, RefDescription description) throws InterruptedException {
        Optional<Ref> stacked = new Combinations(snapshots).difference(lower, upper, description);
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
        return attempts.withRoom(() -> export.layers(ref, format));
    }

    @Override
    public List<UsageRecord> usage() {
        return records.snapshots().stream()
                .filter(record -> !snapshots.isLate(record.id()))
                .toList();
    }

    @Override
    public List<UsageRecord> looseContent() {
        return records.loose();
    }

    @Override
    public Optional<Long> remove(String id) {
        return records.remove(id, "removed by hand");
    }

    @Override
    public void prune(PruneRule rule, Consumer<UsageRecord> gone) throws InterruptedException {
        space.prune(rule, gone);
    }

    @Override
    public void collect() {
        watch.collect();
    }

    @Override
    public List<PruneRule> rules() {
        return space.rules();
    }

    @Override
    public SpaceUsage space() throws InterruptedException {
        return space.usage(watch.writing());
    }

    @Override
    public <T> T withRoom(Writing<T> work) throws InterruptedException {
        return attempts.withRoom(work);
    }

    @Override
    public Work brake(Brake brake) {
        return watch.brake(brake);
    }

    @Override
    public Work work() {
        return records.work();
    }

    @Override
    public void own(String owner, List<Digest> digests) {
        records.own(owner, digests);
    }

    @Override
    public long paid(String owner) {
        return ledger.paid(owner);
    }

    @Override
    public long release(String owner) {
        return records.release(owner);
    }

    @Override
    public void join(RecordKeeper keeper) {
        records.join(keeper);
    }

    @Override
    public void listen(RemovalListener listener) {
        records.listen(listener);
    }

    @Override
    public Verification verify() throws InterruptedException {
        return new Verifying(snapshots, blobs, ledger).run();
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
                watch.close();
                mounts.close();
                snapshots.close();
            }
        }
    }
}

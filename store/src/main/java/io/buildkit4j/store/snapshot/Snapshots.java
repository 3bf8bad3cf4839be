package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.OverlayMount;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.budget.Budget;
import io.buildkit4j.store.budget.Reservation;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import io.buildkit4j.store.snapshot.Snapshot.Facts;
import io.buildkit4j.store.snapshot.Snapshot.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** All snapshots of one state directory. */
public final class Snapshots {
    private static final String TABLE = "snapshot";

    private final SnapshotFiles files;
    private final MountDirectory mounts;
    private final MetadataTable records;
    private final DeferredWrites deferred;
    /** Guards what follows and the counts of every snapshot; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Snapshot> known = new HashMap<>();
    private final Set<ActiveSnapshot> active = new HashSet<>();
    private final Stacks stacks;
    private final Presence presence;
    private final StepThread steps = new StepThread();
    private final Budget budget;
    private long total;

    private final Snapshot scratch = Snapshot.scratch();
    private final LateLayers late = new LateLayers(this);

    /** Finds what is there and deletes what a crash left. */
    public Snapshots(
            SnapshotFiles files, MountDirectory mounts, Database database, DeferredWrites deferred, Budget budget) {
        this.files = files;
        this.mounts = mounts;
        this.budget = budget;
        this.deferred = deferred;
        presence = new Presence(files);
        records = database.table(TABLE);
        known.putAll(new SnapshotLoader(files).load(records));
        known.values().forEach(snapshot -> total += Math.max(0, snapshot.facts().size()));
        files.sweep(known.keySet());
        stacks = new Stacks(files, new FlatFiles(files.state(), known.keySet()));
    }

    SnapshotFiles files() {
        return files;
    }

    /** The empty file system. */
    public Ref scratch() {
        return hold(scratch);
    }

    /** A hold on the snapshot, if it is there with its directory. */
    public Optional<Ref> find(String id) {
        if (id.equals(scratch.id)) {
            return Optional.of(scratch());
        }
        Snapshot found;
        lock.lock();
        try {
            found = known.get(id);
            if (found == null) {
                return Optional.empty();
            }
            found.holds++;
        } finally {
            lock.unlock();
        }
        Ref ref = new SnapshotRef(this, found);
        if (presence.isWhole(found)) {
            return Optional.of(ref);
        }
        ref.close();
        return Optional.empty();
    }

    /** Whether there is a record of it. */
    public boolean has(String id) {
        return locked(() -> id.equals(scratch.id) || known.containsKey(id));
    }

    Ref hold(Snapshot snapshot) {
        lock.lock();
        try {
            snapshot.holds++;
        } finally {
            lock.unlock();
        }
        return new SnapshotRef(this, snapshot);
    }

    void release(Snapshot snapshot) {
        boolean last;
        lock.lock();
        try {
            snapshot.holds--;
            last = snapshot.holds == 0;
        } finally {
            lock.unlock();
        }
        if (last && snapshot != scratch) {
            snapshot.used();
            remember(snapshot);
        }
    }

    /** Begins a writable snapshot. */
    public ActiveSnapshot begin(Ref parent, RefDescription description) throws InterruptedException {
        List<Path> lower = directories(of(parent));
        return begin(files.newId(), parent.share(), description, lower);
    }

    ActiveSnapshot begin(String id, Ref parent, RefDescription description, List<Path> lower) {
        files.make(id, lower.isEmpty() ? files.empty() : lower.getFirst());
        ActiveSnapshot begun = new ActiveSnapshot(
                this, new ActiveSnapshot.Beginning(id, parent, description, budget.reserve()), lower);
        lock.lock();
        try {
            active.add(begun);
        } finally {
            lock.unlock();
        }
        return begun;
    }

    void ended(ActiveSnapshot snapshot) {
        lock.lock();
        try {
            active.remove(snapshot);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the directory, which nobody writes any more, a snapshot. What it was promised stays so until it is measured. */
    Ref commit(ActiveSnapshot.Beginning begun, Snapshot parent) {
        return addLayer(begun.id(), parent, begun.description(), made -> made.unmeasured = begun.room());
    }

    Ref addLayer(String id, Snapshot parent, RefDescription description, Consumer<Snapshot> also) {
        List<Snapshot> parents = parent == scratch ? List.of() : List.of(parent);
        Snapshot made = new Snapshot(id, Shape.LAYER, parents, List.of(), Facts.fresh(description));
        also.accept(made);
        return add(made);
    }

    Ref add(Snapshot snapshot) {
        lock.lock();
        try {
            known.put(snapshot.id, snapshot);
            snapshot.parents.forEach(parent -> parent.children++);
            snapshot.holds++;
        } finally {
            lock.unlock();
        }
        remember(snapshot);
        return new SnapshotRef(this, snapshot);
    }

    /** What is deferred is not remembered: a daemon that starts asks for it anew. */
    void remember(Snapshot snapshot) {
        if (snapshot.deferred != null) {
            return;
        }
        deferred.put(TABLE, snapshot.id, () -> {
            measure(snapshot);
            return SnapshotRecords.encode(snapshot);
        });
    }

    private long measure(Snapshot snapshot) {
        long size = snapshot.facts().size();
        if (size >= 0 || snapshot.deferred != null) {
            return Math.max(0, size);
        }
        try {
            SnapshotFiles.Measured measured =
                    snapshot.hasDirectory() ? files.measure(snapshot.id) : SnapshotFiles.Measured.NOTHING;
            lock.lock();
            try {
                if (snapshot.facts().size() < 0) {
                    snapshot.measured(measured);
                    total += known.get(snapshot.id) == snapshot ? measured.bytes() : 0;
                }
            } finally {
                lock.unlock();
            }
            snapshot.countedElsewhere();
            return measured.bytes();
        } catch (InterruptedException later) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /**
     * Compares every directory with its seal; tells the ids of what is not as it was, and answers how many were looked at.
     * Looks at every file, but not into it.
     */
    public long verify(Consumer<String> damaged) throws InterruptedException {
        List<Snapshot> all = all();
        presence.check(all, id -> {
            if (has(id)) {
                damaged.accept(id);
            }
        });
        return all.size();
    }

    /** Measures what was committed a moment ago. */
    public void measureAll() {
        all().forEach(this::measure);
    }

    private List<Snapshot> all() {
        return locked(() -> new ArrayList<>(known.values()));
    }

    private <T> T locked(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** Which thread's step the snapshots belong to that are begun. */
    public StepThread steps() {
        return steps;
    }

    /** Removes the snapshot unless it is held or stood on; answers the bytes that this freed. */
    public Optional<Long> remove(String id) {
        Snapshot removed;
        lock.lock();
        try {
            removed = known.get(id);
            if (removed == null || removed.holds > 0 || removed.children > 0) {
                return Optional.empty();
            }
            known.remove(id);
            removed.parents.forEach(parent -> parent.children--);
            total -= Math.max(0, removed.facts().size());
        } finally {
            lock.unlock();
        }
        long freed = measure(removed) + stacks.bytes(removed);
        // a record whose directory is gone is dropped when the store is opened, so nobody has to wait for its removal
        deferred.remove(TABLE, id);
        try (Reservation leaving = budget.reserve()) {
            // it takes its room until it is gone
            leaving.found(freed);
            stacks.remove(removed);
            files.remove(id);
        }
        removed.countedElsewhere();
        return Optional.of(freed);
    }

    /** Bytes of all committed snapshots that were measured, without their flat directories. */
    public long total() {
        return locked(() -> total);
    }

    /** Whether it is there in name only, and takes no room. */
    public boolean isLate(String id) {
        return locked(() -> Optional.ofNullable(known.get(id))
                .filter(snapshot -> snapshot.deferred != null)
                .isPresent());
    }

    boolean isScratch(Snapshot snapshot) {
        return snapshot == scratch;
    }

    /** Layers that are there in name only. */
    public LateLayers late() {
        return late;
    }

    /** What is written now. */
    public List<ActiveSnapshot> active() {
        return locked(() -> List.copyOf(active));
    }

    /** The places of snapshots. */
    public Stacks stacks() {
        return stacks;
    }

    /** Every record; sizes that are not known yet are measured now. What something in use stands on is in use. */
    public List<UsageRecord> usage() {
        List<Snapshot> all = all();
        List<UsageRecord> found = new ArrayList<>();
        List<Snapshot> held;
        lock.lock();
        try {
            active.stream()
                    .filter(writing -> !known.containsKey(writing.id()))
                    .forEach(writing -> found.add(writing.usage()));
            held = all.stream().filter(snapshot -> snapshot.holds > 0).toList();
        } finally {
            lock.unlock();
        }
        Set<Snapshot> used = Snapshot.withAllBelow(held);
        all.forEach(snapshot -> found.add(usage(snapshot, used.contains(snapshot))));
        return found;
    }

    UsageRecord usage(Snapshot snapshot) {
        return usage(snapshot, true);
    }

    private UsageRecord usage(Snapshot snapshot, boolean used) {
        long size = measure(snapshot) + stacks.bytes(snapshot);
        boolean shared;
        lock.lock();
        try {
            shared = snapshot.children > 1;
        } finally {
            lock.unlock();
        }
        return snapshot.usage(size, used, shared);
    }

    /** The snapshot that the ref holds. */
    public Snapshot of(Ref ref) {
        if (ref instanceof SnapshotRef own && own.isOf(this)) {
            return own.snapshot();
        }
        throw new StoreFault(Kind.INVALID_ARGUMENT, "ref " + ref.id() + " is of another store");
    }

    /** Directories that show the snapshot, the uppermost first; none for scratch. Fetches what is deferred of it. */
    public List<Path> directories(Snapshot snapshot) throws InterruptedException {
        late.await(snapshot, TransferListener.SILENT);
        return stacks.directories(snapshot);
    }

    /** The own directory of a snapshot that has one. */
    public Path directory(Snapshot snapshot) {
        return files.directory(snapshot.id);
    }

    /** As the kernel and trees want it, which know no file system of nothing. */
    List<Path> stack(List<Path> lower) {
        List<Path> stack = new ArrayList<>(lower);
        stack.add(files.empty());
        return stack;
    }

    /** The last one to be called; what is still written is kept. */
    public void close() {
        stacks.close();
    }

    MountedTree mount(List<Path> lower, Optional<OverlayMount.Upper> upper) {
        return mounts.mount(stack(lower), upper);
    }

    MountedTree mountReadOnly(List<Path> lower) throws InterruptedException {
        return copies() ? mounts.link(files.cache(), stack(lower), budget.reserve()) : mount(lower, Optional.empty());
    }

    /** Whether what is written is a copy that is compared afterwards, instead of stacked. */
    public boolean copies() {
        return mounts.copies();
    }
}

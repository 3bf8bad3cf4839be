package io.buildkit4j.store.snapshot;

import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.budget.Reservation;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One committed snapshot as it is in memory. What changes of it is guarded by the lock of {@link Snapshots}, or volatile
 * where it is only told.
 */
public final class Snapshot {
    /** What a snapshot consists of. */
    enum Shape {
        /** A directory of its own over at most one parent. */
        LAYER,
        /** The layers of all parents, those of the later over those of the earlier. */
        MERGE,
        /** Some layers of its parent, the uppermost first. */
        DIFF
    }

    final String id;
    final Shape shape;
    final List<Snapshot> parents;
    /** Of a diff only. */
    final List<Snapshot> picked;

    final Instant created;
    private volatile RefDescription description;
    private volatile long size = -1;
    private volatile long seal;
    private volatile Optional<Instant> lastUsed = Optional.empty();
    private final AtomicLong uses;
    /** Open refs, and snapshots that stand on it; guarded by the lock of Snapshots. */
    int holds;

    int children;

    /** Its directories, when they were asked for before. */
    volatile @Nullable Known stack;

    /** When its directories were last seen to be there; {@link System#nanoTime}, 0 for never. */
    volatile long seen;

    /** Whether its files were compared with its seal, or written by this process. */
    volatile boolean compared;

    /** What its writer was promised, until its files are measured. */
    volatile @Nullable Reservation unmeasured;

    /** What its directory will be made of; nothing once it is there. */
    volatile @Nullable Deferred deferred;

    /** Whether nothing that it stands on, nor itself, is deferred; from then on for good. */
    volatile boolean arrived;

    /** Whether it, or something below it, was found not to be what was committed. */
    volatile boolean damaged;

    /** A stack that may be nothing. */
    record Known(@Nullable Stack stack) {}

    Snapshot(String id, Shape shape, List<Snapshot> parents, List<Snapshot> picked, Facts facts) {
        this.id = id;
        this.shape = shape;
        this.parents = List.copyOf(parents);
        this.picked = List.copyOf(picked);
        this.created = facts.created;
        this.description = facts.description;
        this.size = facts.size;
        this.seal = facts.seal;
        this.compared = facts.size < 0;
        this.lastUsed = facts.lastUsed;
        this.uses = new AtomicLong(facts.uses);
        this.arrived = parents.stream().allMatch(parent -> parent.arrived);
    }

    /** The empty file system. */
    static Snapshot scratch() {
        RefDescription name = new RefDescription("scratch", RecordType.INTERNAL);
        Facts facts = new Facts(name, Instant.EPOCH, Optional.empty(), 0, 0, UNSEALED);
        return new Snapshot("scratch", Shape.MERGE, List.of(), List.of(), facts);
    }

    /** The seal of what was not measured. */
    static final long UNSEALED = -1;

    /** What a record says besides; size -1 when it is not known yet. */
    record Facts(
            RefDescription description, Instant created, Optional<Instant> lastUsed, long uses, long size, long seal) {
        static Facts fresh(RefDescription description) {
            return new Facts(description, Instant.now(), Optional.empty(), 0, -1, UNSEALED);
        }
    }

    Facts facts() {
        return new Facts(description, created, lastUsed, uses.get(), size, seal);
    }

    /** The name of its record. */
    public String id() {
        return id;
    }

    /** Whether it has a directory, now. */
    public boolean hasDirectory() {
        return shape == Shape.LAYER && deferred == null;
    }

    /** What its directory will be made of, unless that is there. */
    public Optional<Deferred> deferred() {
        return Optional.ofNullable(deferred);
    }

    /** Of itself and what it stands on: all that are deferred, each after what it stands on. */
    public List<Snapshot> allDeferred() {
        return withAllBelow(List.of(this)).stream()
                .filter(each -> each.deferred != null)
                .sorted(Comparator.comparingInt(each -> each.layers().size()))
                .toList();
    }

    /** What it is laid over; only layers that were unpacked are asked. */
    public Optional<Snapshot> parent() {
        return parents.stream().findFirst();
    }

    /** When it was committed. */
    public Instant created() {
        return created;
    }

    /** What is said of it. */
    public RefDescription description() {
        return description;
    }

    RecordType type() {
        return description.type();
    }

    UsageRecord usage(long bytes, boolean inUse, boolean shared) {
        return new UsageRecord(
                id,
                parents.stream().map(parent -> parent.id).toList(),
                false,
                inUse,
                shared,
                bytes,
                created,
                lastUsed,
                uses.get(),
                description);
    }

    void used() {
        lastUsed = Optional.of(Instant.now());
        uses.incrementAndGet();
    }

    void countedElsewhere() {
        Reservation promised = unmeasured;
        if (promised != null) {
            unmeasured = null;
            promised.close();
        }
    }

    void measured(SnapshotFiles.Measured measured) {
        seal = measured.seal();
        size = measured.bytes();
    }

    /** The snapshots whose directories it is stacked of, the uppermost first; each once. */
    public List<Snapshot> layers() {
        List<Snapshot> chain = new ArrayList<>();
        Snapshot at = this;
        while (at.shape == Shape.LAYER) {
            chain.add(at);
            if (at.parents.isEmpty()) {
                return chain;
            }
            at = at.parents.getFirst();
        }
        return manyLayers();
    }

    /** These and all that they stand on. */
    static Set<Snapshot> withAllBelow(List<Snapshot> first) {
        Set<Snapshot> met = new HashSet<>();
        Deque<Snapshot> left = new ArrayDeque<>(first);
        while (!left.isEmpty()) {
            Snapshot next = left.pop();
            if (met.add(next)) {
                next.parents.forEach(left::push);
            }
        }
        return met;
    }

    private List<Snapshot> manyLayers() {
        // of a layer that is there twice only the upper one counts: it shows all that the lower one could
        Set<Snapshot> layers = new LinkedHashSet<>();
        Deque<Snapshot> left = new ArrayDeque<>();
        left.push(this);
        while (!left.isEmpty()) {
            Snapshot next = left.pop();
            switch (next.shape) {
                case LAYER -> layers.add(next);
                case DIFF -> layers.addAll(next.picked);
                case MERGE -> {}
            }
            if (next.shape != Shape.DIFF) {
                next.parents.forEach(left::push);
            }
        }
        return new ArrayList<>(layers);
    }
}

package io.buildkit4j.store.space;

import io.buildkit4j.image.Digest;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.store.RecordKeeper;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.RemovalListener;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.Work;
import io.buildkit4j.store.content.BlobLedger;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.layer.LayerNotes;
import io.buildkit4j.store.layer.Unpacker;
import io.buildkit4j.store.snapshot.Snapshots;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All records of a store: snapshots with the blobs that they pay for, and blobs that nobody owns, whose ids are their
 * digests. Removing one takes along what belongs to it.
 */
public final class Records {
    private static final RefDescription LOOSE = new RefDescription("content that no record needs", RecordType.INTERNAL);

    private final Snapshots snapshots;
    private final Blobs blobs;
    private final BlobLedger ledger;
    private final LayerNotes notes;
    private final Unpacker unpacker;
    private final EvictionLog evictions;
    private final List<RemovalListener> listeners = new CopyOnWriteArrayList<>();
    private final List<RecordKeeper> keepers = new CopyOnWriteArrayList<>();
    private final Map<Object, Instant> works = new ConcurrentHashMap<>();

    /** What blobs are in and who knows of them. */
    public record Content(Blobs blobs, BlobLedger ledger, LayerNotes notes, Unpacker unpacker) {}

    /** Over these. Notes of snapshots that are gone are removed. */
    public Records(Snapshots snapshots, Content content, EvictionLog evictions) {
        this.snapshots = snapshots;
        this.blobs = content.blobs;
        this.ledger = content.ledger;
        this.notes = content.notes;
        this.unpacker = content.unpacker;
        this.evictions = evictions;
        for (String noted : notes.snapshots()) {
            if (!snapshots.has(noted)) {
                forget(noted).forEach(blobs::remove);
            }
        }
    }

    /** See {@link io.buildkit4j.store.Store#join}. */
    public void join(RecordKeeper keeper) {
        keepers.add(keeper);
    }

    /** See {@link io.buildkit4j.store.Store#listen}. */
    public void listen(RemovalListener listener) {
        listeners.add(listener);
    }

    /** See {@link io.buildkit4j.store.Store#work}. */
    public Work work() {
        Object key = new Object();
        works.put(key, Instant.now());
        return () -> works.remove(key);
    }

    private boolean inUse(BlobLedger.Loose blob) {
        return works.values().stream().anyMatch(begun -> !blob.touched().isBefore(begun));
    }

    /** Every record, also of what nobody owns. */
    List<UsageRecord> all() {
        List<UsageRecord> all = snapshots();
        all.addAll(loose());
        keepers.forEach(keeper -> all.addAll(keeper.usage()));
        return all;
    }

    /** Content that nobody owns. */
    public List<UsageRecord> loose() {
        return ledger.loose().stream().map(this::record).toList();
    }

    /** Every snapshot with what it pays for. */
    public List<UsageRecord> snapshots() {
        List<UsageRecord> all = new ArrayList<>();
        for (UsageRecord record : snapshots.usage()) {
            long blobs = ledger.paid(record.id());
            all.add(blobs == 0 ? record : record.withSize(record.size() + blobs));
        }
        return all;
    }

    private UsageRecord record(BlobLedger.Loose blob) {
        return new UsageRecord(
                blob.digest().toString(),
                List.of(),
                false,
                inUse(blob),
                false,
                blob.size(),
                blob.touched(),
                Optional.of(blob.touched()),
                0,
                LOOSE);
    }

    /** Removes the record unless it is in use or stood on; answers the bytes that this freed. */
    public Optional<Long> remove(String id, String rule) {
        Optional<Long> freed =
                id.startsWith("sha") && id.contains(":") ? removeBlob(Digest.parse(id)) : removeSnapshot(id);
        for (RecordKeeper keeper : keepers) {
            freed = freed.or(() -> keeper.remove(id));
        }
        if (freed.isPresent()) {
            evictions.add(id, rule);
            listeners.forEach(listener -> listener.removed(id));
        }
        return freed;
    }

    /** See {@link io.buildkit4j.store.Store#own}. */
    public void own(String owner, List<Digest> digests) {
        ledger.ownOnly(owner, digests).forEach(this::removeBlob);
    }

    /** See {@link io.buildkit4j.store.Store#release}. */
    public long release(String owner) {
        return ledger.release(owner).stream()
                .mapToLong(loose -> removeBlob(loose).orElse(0L))
                .sum();
    }

    private Optional<Long> removeBlob(Digest digest) {
        return ledger.loose(digest).filter(blob -> !inUse(blob)).map(blob -> blobs.remove(digest));
    }

    private Optional<Long> removeSnapshot(String id) {
        Optional<Long> freed = snapshots.remove(id);
        if (freed.isEmpty()) {
            return freed;
        }
        long sum = freed.get();
        for (Digest loose : forget(id)) {
            sum += removeBlob(loose).orElse(0L);
        }
        return Optional.of(sum);
    }

    private List<Digest> forget(String snapshot) {
        notes.remove(snapshot);
        unpacker.removed(snapshot);
        return ledger.release(snapshot);
    }
}

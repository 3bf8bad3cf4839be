package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import io.buildkit4j.store.snapshot.ActiveSnapshot;
import io.buildkit4j.store.snapshot.Deferred;
import io.buildkit4j.store.snapshot.Snapshot;
import io.buildkit4j.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Makes snapshots of chains of layer blobs, each chain once: at first in name only, then of files. */
public final class Unpacker {
    /** Layers of one image that are fetched and applied at the same time. */
    private static final int AT_ONCE = 6;

    private final Snapshots snapshots;
    private final Blobs blobs;
    private final Remembered chains;
    private final LayerNotes notes;
    private final Flights flights = new Flights();
    private final Flights deferrals = new Flights();
    /** By their chain ids. */
    private final Map<String, Awaited> awaited = new ConcurrentHashMap<>();

    /** Keeps chain ids in the database. */
    public Unpacker(Snapshots snapshots, Blobs blobs, LayerNotes notes, Database database, DeferredWrites deferred) {
        this.snapshots = snapshots;
        this.blobs = blobs;
        this.notes = notes;
        chains = new Remembered("chain", database, deferred).byValue();
    }

    /** The snapshot is gone. */
    public void removed(String snapshot) {
        chains.removeValue(snapshot);
        awaited.values().removeIf(each -> each.snapshot.equals(snapshot));
    }

    /** A layer that is deferred, and where it comes from. */
    private record Awaited(String snapshot, LayerBlob layer, BlobSource source) {}

    /** Where the blob of a layer that is deferred can be had. */
    public Optional<BlobSource> supply(Digest blob) {
        return awaited.values().stream()
                .filter(each -> each.layer.blob().digest().equals(blob))
                .map(Awaited::source)
                .findFirst();
    }

    /** See {@link io.buildkit4j.store.Store#defer}. */
    public Ref defer(List<LayerBlob> layers, BlobSource source) throws InterruptedException {
        Ref top = snapshots.scratch();
        String chain = "";
        for (LayerBlob layer : layers) {
            // chain ids as in the OCI image specification's config page
            chain = chain.isEmpty()
                    ? layer.diffId().toString()
                    : Digest.ofText(chain + " " + layer.diffId()).toString();
            try (Ref below = top) {
                top = deferred(new Deferred(chain, layer, source), below);
            }
        }
        return top;
    }

    private Ref deferred(Deferred layer, Ref below) throws InterruptedException {
        return deferrals.get(layer.chain(), new Flights.Wanted<>() {
            @Override
            public Optional<Ref> find() {
                return known(layer);
            }

            @Override
            public Ref make() {
                LayerBlob blob = layer.layer();
                String text = blob.description().isEmpty()
                        ? "pulled layer " + blob.blob().digest()
                        : blob.description();
                Ref made = snapshots.late().defer(layer, below, RefDescription.regular(text));
                awaited.put(layer.chain(), new Awaited(made.id(), blob, layer.source()));
                return made;
            }
        });
    }

    /** One that is there already; if in name only, it comes from the newest source. */
    private Optional<Ref> known(Deferred layer) {
        Awaited before = awaited.get(layer.chain());
        Optional<Ref> found =
                before == null ? chains.get(layer.chain()).flatMap(snapshots::find) : snapshots.find(before.snapshot);
        if (found.isPresent() && before != null) {
            awaited.replace(layer.chain(), before, new Awaited(before.snapshot, layer.layer(), layer.source()));
            snapshots.late().redirect(snapshots.of(found.get()), layer);
        }
        return found;
    }

    /** One layer on its way. */
    private static final class Arrival {
        private final Snapshot snapshot;
        private final Optional<Arrival> below;
        private final CountDownLatch committed = new CountDownLatch(1);

        Arrival(Snapshot snapshot, Optional<Arrival> below) {
            this.snapshot = snapshot;
            this.below = below;
        }
    }

    /** Who hears of what is fetched. */
    private record Transfer(TransferListener listener, Semaphore permits) {}

    /** Fetches and applies all that is deferred of a snapshot, which somebody holds. */
    public void complete(Snapshot top, TransferListener listener) throws InterruptedException {
        Map<Snapshot, Arrival> arrivals = new LinkedHashMap<>();
        for (Snapshot layer : top.allDeferred()) {
            Optional<Arrival> below = layer.parent().flatMap(parent -> Optional.ofNullable(arrivals.get(parent)));
            arrivals.put(layer, new Arrival(layer, below));
        }
        Transfer transfer = new Transfer(listener, new Semaphore(AT_ONCE));
        try (TaskScope scope = TaskScope.open("unpack")) {
            arrivals.values()
                    .forEach(arrival -> scope.fork(() -> {
                        flights.get(arrival.snapshot.id(), new Flights.Wanted<Snapshot>() {
                            @Override
                            public Optional<Snapshot> find() {
                                return Optional.of(arrival.snapshot)
                                        .filter(layer -> layer.deferred().isEmpty());
                            }

                            @Override
                            public Snapshot make() throws InterruptedException {
                                Unpacker.this.make(arrival, transfer);
                                return arrival.snapshot;
                            }
                        });
                        arrival.committed.countDown();
                        return arrival;
                    }));
            scope.join();
        }
    }

    private void make(Arrival arrival, Transfer transfer) throws InterruptedException {
        Optional<Deferred> wanted = arrival.snapshot.deferred();
        if (wanted.isEmpty()) {
            return;
        }
        LayerBlob layer = wanted.get().layer();
        try (ActiveSnapshot active = snapshots.late().begin(arrival.snapshot)) {
            LayerReader reader = new LayerReader(
                    active.directory(), new LayerLimits(layer.blob().size(), active.room()));
            transfer.permits.acquire();
            try {
                receive(reader, wanted.get(), transfer.listener);
            } finally {
                transfer.permits.release();
            }
            commit(arrival, wanted.get(), active, reader);
        }
    }

    /** Unpacks a blob that is here; else fetches it and unpacks it at the same time. */
    private void receive(LayerReader reader, Deferred wanted, TransferListener listener) throws InterruptedException {
        LayerBlob layer = wanted.layer();
        Descriptor blob = layer.blob();
        if (blobs.size(blob.digest()).isPresent()) {
            apply(reader, layer, blobs.open(blob), listener);
            return;
        }
        Passing passing = new Passing();
        try (TaskScope scope = TaskScope.open("fetch")) {
            scope.fork(() -> {
                blobs.fetch(
                        blob, (asked, offset) -> passing.passed(wanted.source().open(asked, offset)), listener);
                passing.end();
                return blob;
            });
            TaskScope.Task<Optional<Fault>> applied = scope.fork(() -> {
                Optional<InputStream> arriving = passing.received();
                try {
                    apply(reader, layer, arriving.isPresent() ? arriving.get() : blobs.open(blob), listener);
                    return Optional.empty();
                } catch (Fault failed) {
                    // that the blob is not what its digest says would be the better reason: let it come to its end
                    passing.refuse();
                    return Optional.of(failed);
                }
            });
            scope.join();
            if (applied.value().isPresent()) {
                throw applied.value().get();
            }
        }
    }

    private static void apply(LayerReader reader, LayerBlob layer, InputStream packed, TransferListener listener)
            throws InterruptedException {
        Descriptor blob = layer.blob();
        String id = "extracting " + blob.digest();
        listener.progress(id, 0, blob.size(), false);
        MessageDigest hash = Digest.sha256();
        try (packed;
                InputStream unpacked = Compression.decompressed(packed);
                DigestInputStream tar = new DigestInputStream(unpacked, hash)) {
            reader.apply(tar);
            reader.skipRest(tar);
        } catch (InterruptedIOException cancelled) {
            Thread.interrupted();
            throw new InterruptedException("the unpacking of a layer was cancelled");
        } catch (IOException failed) {
            throw fault(Kind.DATA_LOSS, layer, failed);
        } catch (Fault failed) {
            throw fault(failed.kind(), layer, failed);
        }
        Digest found = Digest.ofHash(hash.digest());
        if (!found.equals(layer.diffId())) {
            throw new StoreFault(
                    Kind.DATA_LOSS,
                    "the layer " + blob.digest() + " unpacks to " + found + ", but the image promises "
                            + layer.diffId());
        }
        listener.progress(id, blob.size(), blob.size(), true);
    }

    private static StoreFault fault(Kind kind, LayerBlob layer, Exception cause) {
        return new StoreFault(
                kind, "cannot unpack the layer " + layer.blob().digest() + ": " + cause.getMessage(), cause);
    }

    private void commit(Arrival arrival, Deferred wanted, ActiveSnapshot active, LayerReader reader)
            throws InterruptedException {
        if (arrival.below.isPresent()) {
            arrival.below.get().committed.await();
        }
        LayerBlob layer = wanted.layer();
        try (Ref below = snapshots.late().below(arrival.snapshot)) {
            new LayerCompletion(reader, below.tree()).complete();
            active.commitInto(arrival.snapshot);
            chains.put(wanted.chain(), arrival.snapshot.id());
            awaited.remove(wanted.chain());
            notes.put(arrival.snapshot.id(), new LayerNotes.Form(layer.blob(), layer.diffId(), true, -1));
        } catch (IOException failed) {
            throw fault(Kind.UNKNOWN, layer, failed);
        } catch (Fault failed) {
            throw fault(failed.kind(), layer, failed);
        }
    }
}

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
import io.buildkit4j.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Makes snapshots of chains of layer blobs; each chain once. */
public final class Unpacker {
    /** Layers of one image that are fetched and applied at the same time. */
    private static final int AT_ONCE = 6;

    private final Snapshots snapshots;
    private final Blobs blobs;
    private final Remembered chains;
    private final LayerNotes notes;
    private final Flights flights = new Flights();

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
    }

    /** One layer of the chain on its way. */
    private static final class Step {
        private final String chain;
        private final LayerBlob layer;
        private final @Nullable Step previous;
        private final CountDownLatch committed = new CountDownLatch(1);
        private volatile @Nullable Ref ref;

        Step(String chain, LayerBlob layer, @Nullable Step previous) {
            this.chain = chain;
            this.layer = layer;
            this.previous = previous;
        }

        void commit(Ref made) {
            ref = made;
            committed.countDown();
        }
    }

    /** What is fetched and who hears of it. */
    private record Transfer(BlobSource source, TransferListener listener, Semaphore permits) {}

    /** See {@link io.buildkit4j.store.Store#unpack}. */
    public Ref unpack(List<LayerBlob> layers, BlobSource source, TransferListener listener)
            throws InterruptedException {
        List<Step> steps = steps(layers);
        if (steps.isEmpty()) {
            return snapshots.scratch();
        }
        int known = steps.size();
        Optional<Ref> found = Optional.empty();
        while (known > 0 && found.isEmpty()) {
            found = find(steps.get(known - 1));
            known -= found.isPresent() ? 0 : 1;
        }
        if (found.isPresent()) {
            steps.get(known - 1).commit(found.get());
        }
        Transfer transfer = new Transfer(source, listener, new Semaphore(AT_ONCE));
        try (TaskScope scope = TaskScope.open("unpack")) {
            for (Step step : steps.subList(known, steps.size())) {
                scope.fork(() -> {
                    step.commit(flights.get(step.chain, new Flights.Wanted<Ref>() {
                        @Override
                        public Optional<Ref> find() {
                            return Unpacker.this.find(step);
                        }

                        @Override
                        public Ref make() throws InterruptedException {
                            return Unpacker.this.make(step, transfer);
                        }
                    }));
                    return step;
                });
            }
            scope.join();
            return ref(steps.getLast()).share();
        } finally {
            steps.forEach(Unpacker::release);
        }
    }

    private static void release(Step step) {
        Ref ref = step.ref;
        if (ref != null) {
            ref.close();
        }
    }

    /** Chain ids as in the OCI image specification's config page. */
    private static List<Step> steps(List<LayerBlob> layers) {
        List<Step> steps = new ArrayList<>();
        String chain = "";
        Step previous = null;
        for (LayerBlob layer : layers) {
            chain = chain.isEmpty()
                    ? layer.diffId().toString()
                    : Digest.ofText(chain + " " + layer.diffId()).toString();
            previous = new Step(chain, layer, previous);
            steps.add(previous);
        }
        return steps;
    }

    private Optional<Ref> find(Step step) {
        return chains.get(step.chain).flatMap(snapshots::find);
    }

    private Ref make(Step step, Transfer transfer) throws InterruptedException {
        RefDescription description = RefDescription.regular(
                step.layer.description().isEmpty()
                        ? "pulled layer " + step.layer.blob().digest()
                        : step.layer.description());
        try (Ref nothing = snapshots.scratch();
                ActiveSnapshot active = snapshots.begin(nothing, description)) {
            LayerReader reader = new LayerReader(
                    active.directory(), new LayerLimits(step.layer.blob().size(), active.room()));
            transfer.permits.acquire();
            try {
                receive(reader, step.layer, transfer);
            } finally {
                transfer.permits.release();
            }
            return commit(step, active, reader);
        }
    }

    /** Unpacks a blob that is here; else fetches it and unpacks it at the same time. */
    private void receive(LayerReader reader, LayerBlob layer, Transfer transfer) throws InterruptedException {
        Descriptor blob = layer.blob();
        if (blobs.size(blob.digest()).isPresent()) {
            apply(reader, layer, blobs.open(blob), transfer.listener);
            return;
        }
        Passing passing = new Passing();
        try (TaskScope scope = TaskScope.open("fetch")) {
            scope.fork(() -> {
                blobs.fetch(
                        blob,
                        (wanted, offset) -> passing.passed(transfer.source.open(wanted, offset)),
                        transfer.listener);
                passing.end();
                return blob;
            });
            TaskScope.Task<Optional<Fault>> applied = scope.fork(() -> {
                Optional<InputStream> arriving = passing.received();
                try {
                    apply(reader, layer, arriving.isPresent() ? arriving.get() : blobs.open(blob), transfer.listener);
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

    private Ref commit(Step step, ActiveSnapshot active, LayerReader reader) throws InterruptedException {
        Step previous = step.previous;
        if (previous != null) {
            previous.committed.await();
        }
        try (Ref below = previous == null ? snapshots.scratch() : ref(previous).share()) {
            new LayerCompletion(reader, below.tree()).complete();
            Ref committed = active.commitOver(below);
            chains.put(step.chain, committed.id());
            notes.put(committed.id(), new LayerNotes.Form(step.layer.blob(), step.layer.diffId(), true, -1));
            return committed;
        } catch (IOException failed) {
            throw fault(Kind.UNKNOWN, step.layer, failed);
        } catch (Fault failed) {
            throw fault(failed.kind(), step.layer, failed);
        }
    }

    private static Ref ref(Step step) {
        Ref ref = step.ref;
        if (ref == null) {
            throw new StoreFault(Kind.INTERNAL, "layer " + step.chain + " was not committed");
        }
        return ref;
    }
}

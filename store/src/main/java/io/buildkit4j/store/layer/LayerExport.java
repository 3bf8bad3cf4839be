package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.layer.LayerNotes.Form;
import io.buildkit4j.store.snapshot.Deferred;
import io.buildkit4j.store.snapshot.Snapshot;
import io.buildkit4j.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Makes layer blobs of snapshots: tar, its digest, the compressed blob and its digest in one walk; each once. */
public final class LayerExport {
    /** Layers that are written at the same time; a compressor uses all cores by itself. */
    private static final int AT_ONCE = 2;

    private final Snapshots snapshots;
    private final Blobs blobs;
    private final LayerNotes notes;
    private final Flights flights = new Flights();

    /** Keeps in the database which blobs were made of which snapshot. */
    public LayerExport(Snapshots snapshots, Blobs blobs, LayerNotes notes) {
        this.snapshots = snapshots;
        this.blobs = blobs;
        this.notes = notes;
    }

    /** See {@link io.buildkit4j.store.Store#layers}. */
    public List<LayerBlob> layers(Ref ref, LayerFormat format) throws InterruptedException {
        // the caller may close its ref meanwhile
        try (Ref held = ref.share()) {
            List<Snapshot> chain = snapshots.of(held).layers().reversed();
            return TaskScope.map("layers", chain, AT_ONCE, snapshot -> layer(snapshot, format));
        }
    }

    private LayerBlob layer(Snapshot snapshot, LayerFormat asked) throws InterruptedException {
        Optional<LayerBlob> elsewhere = snapshot.deferred().map(Deferred::layer);
        if (elsewhere.isPresent()) {
            if (!asked.force()) {
                return told(snapshot, elsewhere.get().blob(), elsewhere.get().diffId(), asked);
            }
            snapshots.directories(snapshot);
        }
        List<Form> original = here(snapshot.id());
        boolean pulled = original.stream().anyMatch(Form::pulled);
        LayerFormat format = pulled ? asked.withLatest(Optional.empty()) : asked;
        // a layer whose times were changed is another one
        String key = snapshot.id()
                + format.latest().map(time -> "@" + time.getEpochSecond()).orElse("");
        Form form = flights.get(key + " " + format.method() + " " + format.level(), new Flights.Wanted<>() {
            @Override
            public Optional<Form> find() {
                return known(key, format, format.force());
            }

            @Override
            public Form make() throws InterruptedException {
                Optional<Form> other = known(key, format, false);
                Form made = other.isPresent() ? converted(other.get(), format) : written(snapshot, format);
                notes.put(key, made);
                return made;
            }
        });
        return told(snapshot, form.blob(), form.diffId(), format);
    }

    private static LayerBlob told(Snapshot snapshot, Descriptor blob, Digest diffId, LayerFormat format) {
        return new LayerBlob(
                MediaTypes.named(blob, format.ociMediaTypes()),
                diffId,
                Optional.of(snapshot.created()),
                snapshot.description().text());
    }

    private List<Form> here(String key) {
        return notes.get(key).stream()
                .filter(form -> blobs.size(form.blob().digest()).isPresent())
                .toList();
    }

    /** A form whose blob is here: in the wanted format if there is one, else any unless that is not enough. */
    private Optional<Form> known(String key, LayerFormat format, boolean exactly) {
        List<Form> here = here(key);
        Optional<Form> exact = here.stream()
                .filter(form -> exactly ? form.fitsExactly(format) : MediaTypes.fits(form.blob(), format))
                .findFirst();
        return exact.isPresent() || exactly ? exact : here.stream().findFirst();
    }

    private Form written(Snapshot snapshot, LayerFormat format) throws InterruptedException {
        try (Packing packing = new Packing(blobs.begin(), format)) {
            // what it was made over, which another snapshot may show it over something else
            Optional<Path> below = snapshot.parent()
                    .flatMap(parent -> parent.layers().stream().findFirst())
                    .map(snapshots::directory);
            new LayerWriter(snapshots.directory(snapshot), below, format.latest(), packing.tar()).write();
            return packing.finish();
        } catch (IOException failed) {
            throw fault("cannot write the layer of snapshot " + snapshot.id(), failed);
        }
    }

    private Form converted(Form other, LayerFormat format) throws InterruptedException {
        MessageDigest hash = Digest.sha256();
        try (Packing packing = new Packing(blobs.begin(), format);
                InputStream packed = blobs.open(other.blob());
                InputStream tar = new DigestInputStream(Compression.decompressed(packed), hash)) {
            tar.transferTo(packing.tar());
            Form made = packing.finish();
            if (!Digest.ofHash(hash.digest()).equals(other.diffId())) {
                throw new StoreFault(Kind.DATA_LOSS, "blob " + other.blob().digest() + " was damaged on disk");
            }
            return made;
        } catch (IOException failed) {
            throw fault("cannot convert the blob " + other.blob().digest(), failed);
        }
    }

    private static StoreFault fault(String what, IOException failed) throws InterruptedException {
        if (failed instanceof InterruptedIOException) {
            Thread.interrupted();
            throw new InterruptedException(what + ": cancelled");
        }
        boolean full = String.valueOf(failed.getMessage()).contains("No space left");
        Kind kind = full ? Kind.RESOURCE_EXHAUSTED : Kind.UNKNOWN;
        return new StoreFault(kind, what + ": " + failed.getMessage(), failed);
    }
}

package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.content.Blobs;
import io.buildkit4j.store.layer.LayerNotes.Form;
import io.buildkit4j.store.snapshot.Snapshot;
import io.buildkit4j.store.snapshot.Snapshots;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
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

    private LayerBlob layer(Snapshot snapshot, LayerFormat format) throws InterruptedException {
        Compression wanted = MediaTypes.wanted(format);
        Form form = flights.get(snapshot.id() + " " + wanted, new Flights.Wanted<>() {
            @Override
            public Optional<Form> find() {
                return known(snapshot, wanted, format.force());
            }

            @Override
            public Form make() throws InterruptedException {
                Optional<Form> other = known(snapshot, wanted, false);
                Form made = other.isPresent() ? converted(other.get(), format) : written(snapshot, format);
                notes.put(snapshot.id(), made.blob(), made.diffId());
                return made;
            }
        });
        Descriptor blob = MediaTypes.named(form.blob(), format.ociMediaTypes());
        return new LayerBlob(
                blob,
                form.diffId(),
                Optional.of(snapshot.created()),
                snapshot.description().text());
    }

    /** A form whose blob is here: in the wanted compression if there is one, else any unless that is not enough. */
    private Optional<Form> known(Snapshot snapshot, Compression wanted, boolean exactly) {
        List<Form> here = notes.get(snapshot.id()).stream()
                .filter(form -> blobs.size(form.blob().digest()).isPresent())
                .toList();
        Optional<Form> exact = here.stream()
                .filter(form -> MediaTypes.compression(form.blob().mediaType()).equals(Optional.of(wanted)))
                .findFirst();
        return exact.isPresent() || exactly ? exact : here.stream().findFirst();
    }

    private Form written(Snapshot snapshot, LayerFormat format) throws InterruptedException {
        try (Packing packing = new Packing(format)) {
            Optional<Path> below =
                    snapshots.directories(snapshot).stream().skip(1).findFirst();
            new LayerWriter(snapshots.directory(snapshot), below, packing.tar).write();
            return packing.finish();
        } catch (IOException failed) {
            throw fault("cannot write the layer of snapshot " + snapshot.id(), failed);
        }
    }

    private Form converted(Form other, LayerFormat format) throws InterruptedException {
        try (Packing packing = new Packing(format);
                InputStream packed = blobs.open(other.blob());
                InputStream tar = Compression.decompressed(packed)) {
            tar.transferTo(packing.tar);
            Form made = packing.finish();
            if (!made.diffId().equals(other.diffId())) {
                throw new StoreFault(Kind.DATA_LOSS, "blob " + other.blob().digest() + " was damaged on disk");
            }
            return made;
        } catch (IOException failed) {
            throw fault("cannot convert the blob " + other.blob().digest(), failed);
        }
    }

    private static StoreFault fault(String what, IOException failed) {
        boolean full = String.valueOf(failed.getMessage()).contains("No space left");
        Kind kind = full ? Kind.RESOURCE_EXHAUSTED : Kind.UNKNOWN;
        return new StoreFault(kind, what + ": " + failed.getMessage(), failed);
    }

    /** A tar goes in, a blob with both digests comes out. */
    private final class Packing implements AutoCloseable {
        private final Compression compression;
        private final ContentStore.Writer writer = blobs.begin();
        private final MessageDigest hash = Digest.sha256();
        private final OutputStream tar;

        Packing(LayerFormat format) throws IOException {
            compression = MediaTypes.wanted(format);
            OutputStream packed =
                    compression.compress(new BufferedOutputStream(writer.stream(), 1 << 16), format.level());
            tar = new BufferedOutputStream(new DigestOutputStream(packed, hash), 1 << 16);
        }

        Form finish() throws IOException {
            tar.close();
            return new Form(writer.commit(MediaTypes.of(compression, true)), Digest.ofHash(hash.digest()));
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}

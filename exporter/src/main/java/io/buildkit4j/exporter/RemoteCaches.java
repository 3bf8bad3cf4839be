package io.buildkit4j.exporter;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Json;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Registries;
import io.buildkit4j.image.Repository;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.wire.Session;
import io.buildkit4j.wire.SessionContent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Caches in registries and in directories of clients, in BuildKit's form, both directions. Safe for any thread. */
public final class RemoteCaches {
    private static final int BLOBS_AT_ONCE = 4;
    private static final long LARGEST = 64L << 20;

    private final Store store;
    private final Registries registries;

    /** Both stay the caller's. */
    public RemoteCaches(Store store, Registries registries) {
        this.store = store;
        this.registries = registries;
    }

    /** What a cache knows, and where the blobs of its layers are. */
    public record Fetched(CacheRecords records, BlobSource source) {}

    /**
     * Reads what a cache knows; fetches no layer.
     *
     * @throws io.buildkit4j.footing.Fault when it is not there, or is no cache
     */
    public Fetched read(CacheSpec spec, Optional<Session> session) throws InterruptedException {
        try {
            return switch (spec.place()) {
                case CacheSpec.Place.Registry registry -> {
                    Repository repository = registries.open(registry.reference(), new SessionLogin(session));
                    Descriptor top = repository.resolve();
                    Documents documents =
                            blob -> MediaTypes.isManifest(blob.mediaType()) || MediaTypes.isIndex(blob.mediaType())
                                    ? repository.manifest(blob.digest()).bytes()
                                    : small(blob, repository);
                    yield new Fetched(read(top, documents), repository);
                }
                case CacheSpec.Place.Local(String name, Optional<Digest> digest) -> {
                    SessionContent content = client(session).content(name);
                    BlobSource source =
                            (blob, offset) -> content.open(blob.digest().toString(), offset);
                    long size = content.size(digest.orElseThrow().toString())
                            .orElseThrow(() -> new ExporterFault(
                                    Kind.NOT_FOUND, "the cache at the client has no " + digest.get()));
                    Descriptor top = Descriptor.of(MediaTypes.OCI_MANIFEST, digest.get(), size);
                    yield new Fetched(read(top, blob -> small(blob, source)), source);
                }
                case CacheSpec.Place.Inline inline ->
                    throw new ExporterFault(
                            Kind.INVALID_ARGUMENT, "a cache inside an image is imported with type=registry");
            };
        } catch (IllegalStateException | UnsupportedOperationException | NullPointerException malformed) {
            throw new ExporterFault(
                    Kind.INVALID_ARGUMENT,
                    spec.describe() + " holds no cache that can be read: " + malformed,
                    malformed);
        }
    }

    /** Reads a small blob whole. */
    private interface Documents {
        byte[] bytes(Descriptor blob) throws InterruptedException;
    }

    private byte[] small(Descriptor blob, BlobSource source) throws InterruptedException {
        if (blob.size() > LARGEST) {
            throw new ExporterFault(Kind.INVALID_ARGUMENT, "the cache's " + blob.digest() + " is too large");
        }
        store.content().fetch(blob, source, TransferListener.SILENT);
        return store.content().bytes(blob);
    }

    private static CacheRecords read(Descriptor top, Documents documents) throws InterruptedException {
        JsonObject document = Json.parse(documents.bytes(top), "cache manifest");
        if (document.has("manifests")) {
            return index(Index.parse(Json.bytes(document)), documents);
        }
        Manifest manifest = Manifest.parse(Json.bytes(document));
        if (manifest.config().mediaType().equals(CacheDocuments.MEDIA_TYPE)) {
            return records(manifest.config(), manifest.layers(), documents);
        }
        ImageConfig config = ImageConfig.parse(documents.bytes(manifest.config()));
        return InlineCache.read(manifest, config).orElseGet(() -> new CacheRecords(List.of(), List.of()));
    }

    /** The older form of a cache, or images of several platforms. */
    private static CacheRecords index(Index index, Documents documents) throws InterruptedException {
        List<CacheRecords.Known> known = new ArrayList<>();
        List<io.buildkit4j.solver.CacheStore.Alias> aliases = new ArrayList<>();
        for (Descriptor each : index.manifests()) {
            if (each.mediaType().equals(CacheDocuments.MEDIA_TYPE)) {
                return records(each, index.manifests(), documents);
            }
            if (MediaTypes.isManifest(each.mediaType())) {
                CacheRecords one = read(each, documents);
                known.addAll(one.known());
                aliases.addAll(one.aliases());
            }
        }
        return new CacheRecords(known, aliases);
    }

    private static CacheRecords records(Descriptor config, List<Descriptor> blobs, Documents documents)
            throws InterruptedException {
        Map<Digest, Descriptor> described = new HashMap<>();
        blobs.forEach(blob -> described.put(blob.digest(), blob));
        return CacheDocuments.read(Json.parse(documents.bytes(config), "cache"), described);
    }

    /** Where blobs and documents go. */
    private interface Sink {
        void blob(Descriptor blob) throws InterruptedException;

        void manifest(Descriptor manifest, byte[] document) throws InterruptedException;
    }

    /**
     * Writes what is known.
     *
     * @return the manifest that names it all; nothing when nothing is known
     */
    public Optional<Descriptor> write(CacheSpec spec, CacheRecords records, ExportContext context)
            throws InterruptedException {
        if (records.known().isEmpty()) {
            context.progress().status("skipping cache export for empty result", 0, 0, true);
            return Optional.empty();
        }
        Sink sink = sink(spec, context);
        CacheDocuments.Written written = CacheDocuments.write(records);
        List<Descriptor> layers =
                written.blobs().stream().map(RemoteCaches::annotated).toList();
        TaskScope.map("cache", layers.stream().distinct().toList(), BLOBS_AT_ONCE, blob -> {
            String status = "writing layer " + blob.digest();
            context.progress().status(status, 0, blob.size(), false);
            sink.blob(blob);
            context.progress().status(status, blob.size(), blob.size(), true);
            return blob;
        });
        byte[] bytes = CacheDocuments.bytes(written.document());
        Descriptor config = store.content().put(CacheDocuments.MEDIA_TYPE, bytes);
        sink.blob(config);
        context.progress().status("writing config " + config.digest(), 0, 0, true);
        byte[] document = manifest(spec, config, layers);
        Descriptor manifest = store.content().put(type(spec), document);
        sink.manifest(manifest, document);
        context.progress().status("writing cache image manifest " + manifest.digest(), 0, 0, true);
        return Optional.of(manifest);
    }

    private static String type(CacheSpec spec) {
        return spec.imageManifest()
                ? MediaTypes.OCI_MANIFEST
                : spec.layers().ociMediaTypes() ? MediaTypes.OCI_INDEX : MediaTypes.DOCKER_INDEX;
    }

    private static byte[] manifest(CacheSpec spec, Descriptor config, List<Descriptor> layers) {
        if (spec.imageManifest()) {
            return new Manifest(type(spec), config, layers, Map.of()).bytes();
        }
        List<Descriptor> all = new ArrayList<>(layers);
        all.add(config);
        return new Index(type(spec), all, Map.of()).bytes();
    }

    private static Descriptor annotated(LayerBlob layer) {
        Map<String, String> notes = new HashMap<>(layer.blob().annotations());
        notes.put(CacheDocuments.UNCOMPRESSED, layer.diffId().toString());
        layer.created().ifPresent(created -> notes.put("buildkit/createdat", created.toString()));
        return layer.blob().withAnnotations(notes);
    }

    private Sink sink(CacheSpec spec, ExportContext context) {
        return switch (spec.place()) {
            case CacheSpec.Place.Registry registry -> {
                Repository repository = registries.openForPush(
                        registry.reference(), new SessionLogin(context.session()), registry.insecure());
                yield new Sink() {
                    @Override
                    public void blob(Descriptor blob) throws InterruptedException {
                        repository.push(blob, store.content(), sent -> {});
                    }

                    @Override
                    public void manifest(Descriptor manifest, byte[] document) throws InterruptedException {
                        repository.pushManifest(
                                manifest.mediaType(),
                                document,
                                Optional.of(registry.reference().tag()));
                    }
                };
            }
            case CacheSpec.Place.Local local ->
                toClient(client(context.session()).content(local.store()));
            case CacheSpec.Place.Inline inline -> throw new IllegalArgumentException("goes with the image");
        };
    }

    private Sink toClient(SessionContent content) {
        return new Sink() {
            @Override
            public void blob(Descriptor blob) throws InterruptedException {
                try (InputStream in = store.content().open(blob)) {
                    content.put(blob.digest().toString(), blob.size(), in);
                } catch (IOException failed) {
                    throw new ExporterFault(Kind.UNAVAILABLE, "cannot send the cache: " + failed.getMessage(), failed);
                }
            }

            @Override
            public void manifest(Descriptor manifest, byte[] document) throws InterruptedException {
                content.put(manifest.digest().toString(), document.length, new ByteArrayInputStream(document));
            }
        };
    }

    private static Session client(Optional<Session> session) {
        return session.orElseThrow(() -> new ExporterFault(
                Kind.FAILED_PRECONDITION, "a local cache is at the client, but no client session is connected"));
    }
}

package io.buildkit4j.worker;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.image.Registries;
import io.buildkit4j.image.Repository;
import io.buildkit4j.llb.SourceId.ResolveMode;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.wire.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Finds out what an image's name stands for. What a tag means is asked for anew, but at most once in ten seconds for all
 * builds together; what a digest means is read here where it is here. Safe for any thread.
 */
public final class ImageResolver {
    /** Before the names of stores that are image layouts of clients. */
    private static final String LAYOUTS = "oci:";

    private static final long FRESH = Duration.ofSeconds(10).toNanos();

    private final Registries registries;
    private final ContentStore content;
    private final MetadataTable names;
    /** Guards the map below; nothing is asked while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Recent> recent = new HashMap<>();
    private final ImageSupplies supplies = new ImageSupplies();

    private record Recent(Descriptor top, long at) {}

    ImageResolver(Registries registries, ContentStore content, MetadataTable names) {
        this.registries = registries;
        this.content = content;
        this.names = names;
    }

    /** An image that is asked for. */
    public record Question(Reference reference, Platform platform, ResolveMode mode) {}

    /**
     * What was found.
     *
     * @param reference the name with the digest that it stands for
     * @param digest of the index or manifest that the name stands for
     * @param manifest of the wanted platform's image
     */
    public record Resolved(Reference reference, Digest digest, Manifest manifest, ImageConfig config) {}

    /**
     * The digest that the name stands for. Touches no registry when the name has one.
     *
     * @throws io.buildkit4j.image.ImageFault NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE
     */
    public Digest digest(Question question, CredentialSource credentials) throws InterruptedException {
        Optional<Digest> pinned = question.reference().digest();
        return pinned.isPresent() ? pinned.get() : top(question, credentials).digest();
    }

    /**
     * The manifest and configuration of the wanted platform's image. No layer is fetched.
     *
     * @throws WorkerFault NOT_FOUND when the image is not made for the platform
     */
    public Resolved resolve(Question question, CredentialSource credentials) throws InterruptedException {
        Reference pinned = question.reference().withDigest(digest(question, credentials));
        return resolve(pinned, question.platform(), ImagePlace.of(registries.open(pinned, credentials)));
    }

    /**
     * The same of an image in a layout that a client has.
     *
     * @param pinned what it is called, with its digest
     * @param name of the layout, as the client knows it
     */
    public Resolved resolve(Reference pinned, Platform platform, String name, Session client)
            throws InterruptedException {
        return resolve(pinned, platform, layout(name, client));
    }

    static ImagePlace layout(String name, Session client) {
        return new ClientContent(name, client.content(LAYOUTS + name));
    }

    Resolved resolve(Reference pinned, Platform platform, ImagePlace place) throws InterruptedException {
        Digest digest = pinned.digest().orElseThrow();
        byte[] document = document(digest, place);
        if (isIndex(document)) {
            Index index = Index.parse(document);
            Descriptor chosen = index.select(platform)
                    .orElseThrow(() -> new WorkerFault(Kind.NOT_FOUND, missing(pinned, platform, index)));
            document = document(chosen.digest(), place);
        }
        Manifest manifest = Manifest.parse(document);
        content.fetch(manifest.config(), place, TransferListener.SILENT);
        return new Resolved(pinned, digest, manifest, ImageConfig.parse(content.bytes(manifest.config())));
    }

    /** Where layers come from that were not fetched with their image. */
    ImageSupplies supplies() {
        return supplies;
    }

    /** The repository that the layers of a resolved image come from. */
    Repository open(Reference pinned, CredentialSource credentials) {
        return registries.open(pinned, credentials);
    }

    private static String missing(Reference image, Platform wanted, Index index) {
        String offered = index.manifests().stream()
                .flatMap(manifest -> manifest.platform().stream())
                .filter(platform -> !platform.os().equals("unknown"))
                .map(Platform::toString)
                .distinct()
                .collect(Collectors.joining(", "));
        return image + " has no image for " + wanted + "; it has " + offered;
    }

    private Descriptor top(Question question, CredentialSource credentials) throws InterruptedException {
        String name = question.reference().toString();
        if (question.mode() == ResolveMode.LOCAL) {
            Optional<Descriptor> known = remembered(name);
            if (known.isPresent()) {
                return known.get();
            }
        }
        Optional<Descriptor> fresh = fresh(name);
        if (fresh.isPresent()) {
            return fresh.get();
        }
        Descriptor top = registries.open(question.reference(), credentials).resolve();
        lock.lock();
        try {
            recent.values().removeIf(entry -> System.nanoTime() - entry.at() > FRESH);
            recent.put(name, new Recent(top, System.nanoTime()));
        } finally {
            lock.unlock();
        }
        remember(name, top);
        return top;
    }

    private Optional<Descriptor> fresh(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(recent.get(name))
                    .filter(entry -> System.nanoTime() - entry.at() <= FRESH)
                    .map(Recent::top);
        } finally {
            lock.unlock();
        }
    }

    /** What the name stood for when it was last asked for, if that is here. */
    private Optional<Descriptor> remembered(String name) {
        return names.get(name)
                .map(value -> new String(value, StandardCharsets.UTF_8).split(" ", 3))
                .filter(fields -> fields.length == 3 && fields[1].matches("[0-9]{1,18}"))
                .map(fields -> Descriptor.of(fields[2], Digest.parse(fields[0]), Long.parseLong(fields[1])))
                .filter(top -> content.size(top.digest()).isPresent());
    }

    private void remember(String name, Descriptor top) {
        byte[] value = (top.digest() + " " + top.size() + " " + top.mediaType()).getBytes(StandardCharsets.UTF_8);
        if (!names.get(name).map(known -> java.util.Arrays.equals(known, value)).orElse(false)) {
            names.put(name, value);
        }
    }

    private byte[] document(Digest digest, ImagePlace place) throws InterruptedException {
        Optional<Long> size = content.size(digest);
        if (size.isPresent()) {
            return content.bytes(Descriptor.of(MediaTypes.OCI_MANIFEST, digest, size.get()));
        }
        Repository.Document fetched = place.manifest(digest);
        content.put(fetched.descriptor().mediaType(), fetched.bytes());
        return fetched.bytes();
    }

    private static boolean isIndex(byte[] document) {
        try {
            return JsonParser.parseString(new String(document, StandardCharsets.UTF_8))
                    .getAsJsonObject()
                    .has("manifests");
        } catch (JsonParseException | IllegalStateException bad) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "an image's manifest is not JSON", bad);
        }
    }
}

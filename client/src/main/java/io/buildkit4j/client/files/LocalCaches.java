package io.buildkit4j.client.files;

import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveRequest.CacheEntry;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Caches in directories of this machine ({@code type=local}), which are image layouts. The daemon knows each by the name {@code
 * local:DIRECTORY}; which manifest an import means is looked up here, by its tag.
 */
public final class LocalCaches {
    private static final String LOCAL = "local";
    /** What nobody has: the daemon tells the user that there is no cache yet, and builds without. */
    private static final String NOTHING = "sha256:" + "0".repeat(64);

    private LocalCaches() {}

    /** The directories of a request's local caches by the names of their stores. */
    public static Map<String, Path> stores(SolveRequest request) {
        Map<String, Path> stores = new HashMap<>();
        request.cacheExports().forEach(entry -> directory(entry, "dest").ifPresent(path -> add(stores, path)));
        request.cacheImports().forEach(entry -> directory(entry, "src").ifPresent(path -> add(stores, path)));
        return stores;
    }

    private static void add(Map<String, Path> stores, String path) {
        stores.put(LOCAL + ":" + path, Path.of(path));
    }

    private static Optional<String> directory(CacheEntry entry, String attribute) {
        return entry.type().equals(LOCAL)
                ? Optional.ofNullable(entry.attributes().get(attribute)).filter(path -> !path.isEmpty())
                : Optional.empty();
    }

    private static String tag(CacheEntry entry) {
        return entry.attributes().getOrDefault("tag", "latest");
    }

    /** An import as daemons understand it: with the digest of what its tag means. */
    public static CacheEntry resolved(CacheEntry entry) {
        Optional<String> source = directory(entry, "src");
        if (source.isEmpty() || entry.attributes().containsKey("digest")) {
            return entry;
        }
        Map<String, String> attributes = new HashMap<>(entry.attributes());
        attributes.put(
                "digest",
                find(Path.of(source.get()), tag(entry)).map(Digest::toString).orElse(NOTHING));
        return new CacheEntry(entry.type(), attributes);
    }

    private static Optional<Digest> find(Path directory, String tag) {
        if (!Files.exists(directory.resolve("index.json"))) {
            return Optional.empty();
        }
        try {
            return ImageLayout.open(directory).find(tag).map(Descriptor::digest);
        } catch (ImageFault noLayout) {
            return Optional.empty();
        }
    }

    /** Lists what the daemon has put into the directories under their tags. */
    public static void list(SolveRequest request, Map<String, String> answer) {
        String manifest = answer.getOrDefault("cache.manifest", "");
        if (manifest.isEmpty()) {
            return;
        }
        Descriptor descriptor =
                Descriptor.fromJson(Json.parse(manifest.getBytes(StandardCharsets.UTF_8), "cache manifest"));
        for (CacheEntry entry : request.cacheExports()) {
            directory(entry, "dest")
                    .ifPresent(path -> ImageLayout.make(Path.of(path))
                            .list(List.of(descriptor.withAnnotations(Map.of(ImageLayout.REF_NAME, tag(entry))))));
        }
    }
}

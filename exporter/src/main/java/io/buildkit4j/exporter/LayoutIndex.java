package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.ContentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The {@code index.json} of the content store's directory, which names images for tools that read it as an OCI image layout
 * ({@code skopeo inspect oci:CONTENT:NAME}). Replaced whole; one that is damaged is begun anew.
 */
final class LayoutIndex {
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final ContentStore content;
    /** Held while the file of a few kilobytes is read and replaced: two exports must not lose each other's names. */
    private final ReentrantLock lock = new ReentrantLock();

    LayoutIndex(ContentStore content) {
        this.content = content;
    }

    /** Lets the names mean this image; whatever had them has them no more. */
    void name(Descriptor image, List<Reference> names) {
        Path blob = content.path(image.digest())
                .orElseThrow(() -> new ExporterFault(Kind.NOT_FOUND, "the image vanished from the content store"));
        Path root = blob.resolve("../../..").normalize();
        lock.lock();
        try {
            replace(root, image, names.stream().map(Reference::toString).toList());
        } catch (IOException failed) {
            throw new ExporterFault(Kind.UNKNOWN, "the image cannot be named in " + root + ": " + failed, failed);
        } finally {
            lock.unlock();
        }
    }

    private static void replace(Path root, Descriptor image, List<String> names) throws IOException {
        Path file = root.resolve("index.json");
        List<Descriptor> lines = new ArrayList<>(read(file).manifests());
        lines.removeIf(line -> names.contains(line.annotations().getOrDefault(REF_NAME, "")));
        for (String name : names) {
            Map<String, String> annotations = new LinkedHashMap<>(image.annotations());
            annotations.put(REF_NAME, name);
            lines.add(image.withAnnotations(annotations));
        }
        Path aside = Files.createTempFile(root, "index", ".tmp");
        Files.write(aside, new Index(MediaTypes.OCI_INDEX, lines, Map.of()).bytes());
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        Path layout = root.resolve("oci-layout");
        if (!Files.exists(layout)) {
            Files.writeString(layout, "{\"imageLayoutVersion\":\"1.0.0\"}");
        }
    }

    private static Index read(Path file) throws IOException {
        try {
            if (Files.exists(file)) {
                return Index.parse(Files.readAllBytes(file));
            }
        } catch (ImageFault ignored) {
            // names only: the content is all there, and nothing in the daemon looks it up by them
        }
        return new Index(MediaTypes.OCI_INDEX, List.of(), Map.of());
    }
}

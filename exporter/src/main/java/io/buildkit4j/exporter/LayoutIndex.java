package io.buildkit4j.exporter;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.ContentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The {@code index.json} of the content store's directory, which names images for tools that read it as an OCI image layout
 * ({@code skopeo inspect oci:CONTENT:NAME}). Replaced whole; one that is damaged is begun anew.
 */
final class LayoutIndex {
    private final ContentStore content;
    /** Held while the file of a few kilobytes is read and replaced: two exports must not lose each other's names. */
    private final ReentrantLock lock = new ReentrantLock();

    LayoutIndex(ContentStore content) {
        this.content = content;
    }

    private Path root() {
        return content.directory();
    }

    /** Lets the names mean this image; whatever had them has them no more. */
    void name(Descriptor image, List<Reference> names) {
        if (content.size(image.digest()).isEmpty()) {
            throw new ExporterFault(Kind.NOT_FOUND, "the image vanished from the content store");
        }
        Path root = root();
        lock.lock();
        try {
            ImageLayout.make(root)
                    .name(image, names.stream().map(Reference::toString).toList());
        } catch (ImageFault damaged) {
            // names only: the content is all there, and nothing in the daemon looks it up by them
            begin(root);
            ImageLayout.make(root)
                    .name(image, names.stream().map(Reference::toString).toList());
        } finally {
            lock.unlock();
        }
    }

    /** The images that have names, by name; none when the file is damaged. */
    Map<String, Named> named() {
        Map<String, Named> images = new LinkedHashMap<>();
        lock.lock();
        try {
            for (Descriptor line : ImageLayout.make(root()).index().manifests()) {
                String name = line.annotations().get(ImageLayout.REF_NAME);
                if (name != null) {
                    images.put(name, new Named(line));
                }
            }
        } catch (Fault damaged) {
            // the next name begins it anew
        } finally {
            lock.unlock();
        }
        return images;
    }

    /** An image that has a name. */
    record Named(Descriptor image) {}

    /** The name means nothing any more. */
    void forget(String name) {
        lock.lock();
        try {
            ImageLayout.make(root()).forget(name);
        } catch (ImageFault damaged) {
            begin(root());
        } finally {
            lock.unlock();
        }
    }

    private static void begin(Path root) {
        try {
            Files.deleteIfExists(root.resolve("index.json"));
            Files.deleteIfExists(root.resolve(ImageLayout.MARK));
        } catch (IOException failed) {
            throw new ExporterFault(Kind.UNKNOWN, "the image cannot be named in " + root + ": " + failed, failed);
        }
    }
}

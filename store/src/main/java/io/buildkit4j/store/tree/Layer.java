package io.buildkit4j.store.tree;

import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.ListedFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One directory of changes, with what was seen of its directories. Nothing else changes it while this object is used. */
final class Layer {
    final String root;
    final OverlayMarks marks;
    final LayerDigests digests;
    private final Map<String, Part> parts = new ConcurrentHashMap<>();
    private final AtomicInteger names = new AtomicInteger();

    Layer(String root, OverlayMarks marks, LayerDigests digests) {
        this.root = root;
        this.marks = marks;
        this.digests = digests;
    }

    /** The directory at this path, of which the caller knows that it is one in this layer. */
    Part part(String path) {
        Part known = parts.get(path);
        return known != null ? known : parts.computeIfAbsent(path, this::read);
    }

    private Part read(String path) {
        String host = path.equals("/") ? root : root + path;
        return new Part(this, host, HostFiles.attribute(host, marks.opaque()).isPresent());
    }

    Part put(String path, Part part) {
        parts.put(path, part);
        return part;
    }

    void drop(String path) {
        String below = path + "/";
        parts.keySet().removeIf(known -> known.equals(path) || known.startsWith(below));
    }

    /** Takes over what another object for the same directory knows, which nobody changes any more. */
    void adopt(Layer other) {
        if (other.root.equals(root)) {
            other.parts.forEach((path, part) -> parts.computeIfAbsent(path, absent -> part.of(this)));
        }
    }

    /** How many names are remembered, as a measure of memory. */
    int names() {
        return names.get();
    }

    /** One directory of the layer. */
    static final class Part {
        final Layer layer;
        /** Absolute path on the host, all of whose directories are real ones. */
        final String host;

        final boolean opaque;
        private volatile @Nullable Map<String, Mark> names;

        Part(Layer layer, String host, boolean opaque) {
            this.layer = layer;
            this.host = host;
            this.opaque = opaque;
        }

        /** A directory that was made just now. */
        static Part made(Layer layer, String host, boolean opaque) {
            Part made = new Part(layer, host, opaque);
            made.names = new HashMap<>();
            return made;
        }

        Part of(Layer owner) {
            Part same = new Part(owner, host, opaque);
            Map<String, Mark> known = names;
            if (known != null) {
                owner.names.addAndGet(known.size() + 1);
                same.names = known;
            }
            return same;
        }

        Map<String, Mark> names() {
            Map<String, Mark> known = names;
            if (known == null) {
                List<ListedFile> listed = HostFiles.list(host);
                known = HashMap.newHashMap(listed.size());
                for (ListedFile file : listed) {
                    known.put(file.name(), Mark.of(file, host));
                }
                layer.names.addAndGet(known.size() + 1);
                names = known;
            }
            return known;
        }

        @Nullable
        Mark mark(String name) {
            return names().get(name);
        }

        String child(String name) {
            return host + "/" + name;
        }
    }
}

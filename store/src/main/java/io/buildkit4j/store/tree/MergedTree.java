package io.buildkit4j.store.tree;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stack of layers as one tree. Every path that reaches the kernel is a layer's root followed by names of which each
 * but the last was seen to be a real directory of that layer, so no link is ever followed by the kernel.
 */
abstract sealed class MergedTree implements TreeReader permits LayeredTree, UpperTree {
    private static final int MOST_LINKS = 255;

    final OverlayMarks marks;
    final Merged root;
    /** Directories by path, without links in it. */
    final Map<String, Merged> directories = new ConcurrentHashMap<>();

    MergedTree(OverlayMarks marks, List<Layer> layers) {
        this.marks = marks;
        List<Layer.Part> parts = new ArrayList<>(layers.size());
        for (Layer layer : layers) {
            Layer.Part part = layer.part("/");
            parts.add(part);
            if (part.opaque) {
                break;
            }
        }
        root = new Merged("/", List.copyOf(parts));
    }

    /** The directory at a path without links, or null. */
    @Nullable
    Merged directory(String path) {
        if (path.equals("/")) {
            return root;
        }
        Merged known = directories.get(path);
        if (known != null) {
            return known;
        }
        Merged parent = directory(parent(path));
        return parent == null ? null : enter(parent, name(path));
    }

    private @Nullable Merged enter(Merged parent, String name) {
        Merged known = directories.get(parent.child(name));
        if (known == null) {
            known = parent.enter(name);
            if (known != null) {
                directories.put(known.path(), known);
            }
        }
        return known;
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public final String resolve(String path, boolean followLast) {
        Walk walk = new Walk(path);
        while (!walk.todo.isEmpty()) {
            walk.step(walk.todo.pop(), followLast);
        }
        return walk.path();
    }

    /** The state of a resolution. */
    private final class Walk {
        private final Deque<String> todo = new ArrayDeque<>();
        private final List<String> done = new ArrayList<>();
        /** Null below what is no directory. */
        private @Nullable Merged at = root;

        private int links;

        Walk(String path) {
            push(path);
        }

        private void push(String path) {
            String[] names = path.split("/", -1);
            for (int i = names.length - 1; i >= 0; i--) {
                if (!names[i].isEmpty() && !names[i].equals(".")) {
                    todo.push(names[i]);
                }
            }
        }

        private void step(String name, boolean followLast) {
            if (name.equals("..")) {
                if (!done.isEmpty()) {
                    done.removeLast();
                }
                at = directory(path());
                return;
            }
            Merged here = at;
            Layer.Part part = here == null ? null : here.top(name);
            Mark mark = part == null ? null : part.mark(name);
            if (here == null || part == null || mark == null) {
                at = null;
                done.add(name);
            } else if (mark == Mark.LINK && (followLast || !todo.isEmpty())) {
                follow(part.child(name));
            } else {
                done.add(name);
                at = mark == Mark.DIRECTORY ? enter(here, name) : null;
            }
        }

        private void follow(String link) {
            if (++links > MOST_LINKS) {
                throw new StoreFault(Kind.FAILED_PRECONDITION, "\"" + path() + "\": too many levels of symbolic links");
            }
            String target = HostFiles.readLink(link);
            if (target.startsWith("/")) {
                done.clear();
                at = root;
            }
            push(target);
        }

        private String path() {
            return "/" + String.join("/", done);
        }
    }

    @Override
    public final Optional<TreeEntry> find(String path, boolean followLast) {
        return entry(resolve(path, followLast));
    }

    /** Whether something is at a path without links in its directories. */
    final boolean has(String path) {
        Merged directory = path.equals("/") ? null : directory(parent(path));
        return path.equals("/") || (directory != null && directory.top(name(path)) != null);
    }

    /** The entry at a path without links in its directories. */
    final Optional<TreeEntry> entry(String path) {
        if (path.equals("/")) {
            return Optional.of(entry(path, root.parts().getFirst(), root.parts().getFirst().host));
        }
        Merged directory = directory(parent(path));
        Layer.Part part = directory == null ? null : directory.top(name(path));
        return part == null ? Optional.empty() : Optional.of(entry(path, part, part.child(name(path))));
    }

    private TreeEntry entry(String path, Layer.Part part, String host) {
        FileStatus status = HostFiles.status(host);
        return new TreeEntry(
                path,
                status.mode(),
                status.uid(),
                status.gid(),
                status.isDirectory() ? 0 : status.size(),
                status.modified(),
                status.isLink() ? HostFiles.readLink(host) : "",
                status.device(),
                // names of two layers are never one file, even where they share it: see Sharing
                status.inode() ^ ((long) System.identityHashCode(part.layer) << 32),
                status.links(),
                marks.shown(HostFiles.attributes(host)));
    }

    @Override
    public final List<TreeEntry> list(String directory) {
        String path = resolve(directory, true);
        Merged merged = directory(path);
        if (merged == null) {
            throw entry(path).isPresent() ? notDirectory(directory) : notFound(directory);
        }
        Map<String, Layer.Part> names = merged.names();
        String[] sorted = names.keySet().toArray(String[]::new);
        Arrays.sort(sorted, NameBytes::compare);
        List<TreeEntry> entries = new ArrayList<>(sorted.length);
        for (String name : sorted) {
            Layer.Part part = names.get(name);
            if (part != null) {
                entries.add(entry(merged.child(name), part, part.child(name)));
            }
        }
        return Collections.unmodifiableList(entries);
    }

    @Override
    public final InputStream open(TreeEntry file) {
        if (!file.isFile()) {
            throw new StoreFault(Kind.FAILED_PRECONDITION, "\"" + file.path() + "\": not a regular file");
        }
        return HostFiles.open(host(file.path())).input();
    }

    /** Where the host has the entry at this path without links. */
    private String host(String path) {
        return part(path).child(name(path));
    }

    /** The directory of a layer that has the entry at this path without links. */
    final Layer.Part part(String path) {
        Merged directory = directory(parent(path));
        Layer.Part part = directory == null ? null : directory.top(name(path));
        if (part == null) {
            throw notFound(path);
        }
        return part;
    }

    /** The hash of a file's bytes where it is known already. */
    abstract Optional<Digest> knownDigest(String path);

    static StoreFault notDirectory(String path) {
        return new StoreFault(Kind.FAILED_PRECONDITION, "\"" + path + "\": not a directory");
    }

    static StoreFault notFound(String path) {
        return new StoreFault(Kind.NOT_FOUND, "\"" + path + "\": not found");
    }
}

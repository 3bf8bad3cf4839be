package io.buildkit4j.store.tree;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.wire.PathPatterns;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be read for a query: nodes of the tree down to where hashes are known, and the files whose bytes are not. */
final class HashPlan {
    private final LayeredTree tree;
    private final PathPatterns include;
    private final PathPatterns exclude;
    private final List<Node> unread = new ArrayList<>();
    private final Set<Layer> touched = new HashSet<>();

    HashPlan(LayeredTree tree, ContentQuery query) {
        this.tree = tree;
        include = PathPatterns.of(query.include());
        exclude = PathPatterns.of(query.exclude());
    }

    /** Files whose bytes must be hashed before any node is asked for its hash. */
    List<Node> unread() {
        return unread;
    }

    /** Layers that may have new hashes to keep. */
    Set<Layer> touched() {
        return touched;
    }

    /** One entry of the tree. */
    final class Node {
        private final Layer layer;
        private final String host;
        private final long size;
        /** Where the hash is remembered once it is known; empty for one that is not. */
        private final String key;

        private final @Nullable MessageDigest begun;
        private byte @Nullable [] content;
        private byte @Nullable [] done;
        private List<String> names = List.of();
        private List<Node> children = List.of();

        private Node(Layer layer, String host, String key, FileStatus status) {
            this.layer = layer;
            this.host = host;
            this.key = key;
            size = status.isFile() ? status.size() : 0;
            begun = NodeHash.begin(status, host, tree.marks);
        }

        private Node(Layer layer, byte[] known) {
            this.layer = layer;
            host = "";
            key = "";
            size = 0;
            begun = null;
            done = known;
        }

        String host() {
            return host;
        }

        long size() {
            return size;
        }

        /** The file's bytes were read. */
        void read(byte[] hash) {
            content = hash;
            layer.digests.put(key, hash);
        }

        byte[] hash() {
            byte[] known = done;
            if (known != null || begun == null) {
                return known == null ? new byte[0] : known;
            }
            if (content != null) {
                begun.update(content);
            }
            for (int i = 0; i < children.size(); i++) {
                NodeHash.name(begun, names.get(i));
                begun.update(children.get(i).hash());
            }
            byte[] hash = begun.digest();
            done = hash;
            if (!key.isEmpty() && content == null) {
                layer.digests.put(key, hash);
            }
            return hash;
        }
    }

    /** Plans an entry that is there, at a path without links. */
    Node plan(String path) {
        Merged directory = tree.directory(path);
        if (directory != null) {
            boolean all = include.isEmpty() && exclude.isEmpty();
            if (all) {
                return whole(directory);
            }
            Optional<Node> some = filtered(directory, include.root(), exclude.root());
            return some.orElseGet(() -> begin(directory, ""));
        }
        Merged parent = tree.directory(MergedTree.parent(path));
        Layer.Part part = parent == null ? null : parent.top(MergedTree.name(path));
        if (part == null) {
            throw MergedTree.notFound(path);
        }
        return leaf(part, path, part.child(MergedTree.name(path)));
    }

    private Node leaf(Layer.Part part, String path, String host) {
        FileStatus status = HostFiles.status(host);
        String key = ContentHashes.fileKey(path);
        Node node = new Node(part.layer, host, status.isFile() ? key : "", status);
        if (status.isFile()) {
            byte[] known = part.layer.digests.find(key);
            if (known == null) {
                unread.add(node);
                touched.add(part.layer);
            } else {
                node.content = known;
            }
        }
        return node;
    }

    private Node begin(Merged directory, String key) {
        Layer.Part top = directory.parts().getFirst();
        return new Node(top.layer, top.host, key, HostFiles.status(top.host));
    }

    /** A merged directory's hash is decided by the layers that have a part of it, whatever else the tree is made of. */
    private static String key(Merged directory) {
        if (directory.parts().size() == 1) {
            return "d" + directory.path();
        }
        MessageDigest below = Digest.sha256();
        directory.parts().forEach(part -> NodeHash.name(below, part.layer.root));
        return "m" + Digest.ofHash(below.digest()).hex() + directory.path();
    }

    private Node whole(Merged directory) {
        Layer layer = directory.parts().getFirst().layer;
        String key = key(directory);
        byte[] known = layer.digests.find(key);
        if (known != null) {
            return new Node(layer, known);
        }
        touched.add(layer);
        Node node = begin(directory, key);
        Map<String, Layer.Part> parts = directory.names();
        node.names = sorted(parts);
        node.children = new ArrayList<>(node.names.size());
        for (String name : node.names) {
            node.children.add(child(directory, name, parts));
        }
        return node;
    }

    private Node child(Merged directory, String name, Map<String, Layer.Part> parts) {
        Layer.Part part = part(parts, name);
        if (part.mark(name) != Mark.DIRECTORY) {
            return leaf(part, directory.child(name), part.child(name));
        }
        Merged below = tree.directory(directory.child(name));
        if (below == null) {
            throw MergedTree.notFound(directory.child(name));
        }
        return whole(below);
    }

    /** The part of the directory that the patterns select; nothing when they select nothing below it. */
    private Optional<Node> filtered(Merged directory, PathPatterns.Verdict in, PathPatterns.Verdict out) {
        boolean wanted = include.isEmpty() || in.matched();
        if (wanted && (include.isEmpty() || in.settled()) && exclude.isEmpty()) {
            return Optional.of(whole(directory));
        }
        Map<String, Layer.Part> parts = directory.names();
        List<String> names = new ArrayList<>();
        List<Node> children = new ArrayList<>();
        for (String name : sorted(parts)) {
            PathPatterns.Verdict inside = in.enter(name);
            PathPatterns.Verdict outside = out.enter(name);
            if (outside.matched() && outside.settled()) {
                continue;
            }
            Optional<Node> child = selected(directory, name, parts, new Verdicts(inside, outside));
            if (child.isPresent()) {
                names.add(name);
                children.add(child.get());
            }
        }
        if (children.isEmpty() && (!wanted || out.matched())) {
            return Optional.empty();
        }
        Node node = begin(directory, "");
        node.names = names;
        node.children = children;
        return Optional.of(node);
    }

    /** What the two lists say of an entry. */
    private record Verdicts(PathPatterns.Verdict in, PathPatterns.Verdict out) {}

    private Optional<Node> selected(Merged directory, String name, Map<String, Layer.Part> parts, Verdicts verdicts) {
        Layer.Part part = part(parts, name);
        if (part.mark(name) == Mark.DIRECTORY) {
            Merged below = tree.directory(directory.child(name));
            return below == null ? Optional.empty() : filtered(below, verdicts.in, verdicts.out);
        }
        boolean wanted = (include.isEmpty() || verdicts.in.matched()) && !verdicts.out.matched();
        return wanted ? Optional.of(leaf(part, directory.child(name), part.child(name))) : Optional.empty();
    }

    private static Layer.Part part(Map<String, Layer.Part> parts, String name) {
        Layer.Part part = parts.get(name);
        if (part == null) {
            throw MergedTree.notFound(name);
        }
        return part;
    }

    private static List<String> sorted(Map<String, Layer.Part> parts) {
        String[] names = parts.keySet().toArray(String[]::new);
        Arrays.sort(names, NameBytes::compare);
        return List.of(names);
    }
}

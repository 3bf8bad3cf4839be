package io.buildkit4j.store.tree;

import io.buildkit4j.image.Digest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What is remembered of committed layers, shared by all trees of one store: names in their directories, hashes of their
 * files. Right only as long as a layer's directory never changes and its path is never given to another: {@link #forget} it
 * when it is removed. Safe for any thread; holds at most about a million names.
 */
public final class LayerCache {
    private static final int MOST_NAMES = 1_000_000;
    /** Fewer hashes than this are sooner computed again than written. */
    private static final int WORTH_SAVING = 32;

    private static final int LAYERS_BETWEEN_CHECKS = 64;

    private final OverlayMarks marks;
    private final Function<Path, Optional<Path>> digestFiles;
    private final AtomicInteger made = new AtomicInteger();
    private final Map<String, Layer> layers = new ConcurrentHashMap<>();

    /**
     * For layers with these marks.
     *
     * @param digestFiles where the hashes of a layer are kept, beside it and removed with it; empty to keep none
     */
    public LayerCache(OverlayMarks marks, Function<Path, Optional<Path>> digestFiles) {
        this.marks = marks;
        this.digestFiles = digestFiles;
    }

    Optional<Path> digestFile(Path directory) {
        return digestFiles.apply(directory);
    }

    OverlayMarks marks() {
        return marks;
    }

    Layer layer(Path directory) {
        String root = directory.toString();
        Layer known = layers.get(root);
        if (known != null) {
            return known;
        }
        if (made.incrementAndGet() % LAYERS_BETWEEN_CHECKS == 0
                && layers.values().stream().mapToLong(Layer::names).sum() > MOST_NAMES) {
            layers.clear();
        }
        return layers.computeIfAbsent(
                root, path -> new Layer(path, marks, new LayerDigests(digestFiles.apply(directory))));
    }

    /** The layer is gone. */
    public void forget(Path directory) {
        layers.remove(directory.toString());
    }

    /**
     * Takes over what was learned while the layer was written: the names in its directories, the hashes of its files.
     *
     * @param committed the layer's directory, which was the tree's upper one, maybe at another path
     */
    public void committed(Path committed, WritableTree tree) {
        tree.complete();
        Layer layer = layer(committed);
        layer.adopt(tree.upper());
        for (Map.Entry<String, Digest> file : tree.digests().entrySet()) {
            layer.digests.put(
                    ContentHashes.fileKey(file.getKey()), file.getValue().bytes());
        }
        layer.digests.addKin(tree.kin());
        if (tree.digests().size() >= WORTH_SAVING || !tree.kin().isEmpty()) {
            layer.digests.save();
        }
    }
}

package io.buildkit4j.store.tree;

import io.buildkit4j.image.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Committed layers as one read-only tree. Cheap to make: what was seen of the layers before is shared. Safe for any thread. */
public final class LayeredTree extends MergedTree {
    /**
     * Over these directories.
     *
     * @param layers top first, at least one
     */
    public LayeredTree(LayerCache cache, List<Path> layers) {
        super(cache.marks(), layers.stream().map(cache::layer).toList());
    }

    @Override
    Optional<Digest> knownDigest(String path) {
        Merged directory = directory(parent(path));
        Layer.Part part = directory == null ? null : directory.top(name(path));
        byte[] hash = part == null ? null : part.layer.digests.find(ContentHashes.fileKey(path));
        return Optional.ofNullable(hash).map(Digest::ofHash);
    }
}

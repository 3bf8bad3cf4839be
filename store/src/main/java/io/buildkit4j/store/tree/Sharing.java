package io.buildkit4j.store.tree;

import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeWriter.Attributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which files a layer that is being written may share with the committed layers that they are copied from: one inode under
 * two names costs a system call where a copy costs a dozen. Allowed only while nobody can take the two for one file: two
 * layers with a common file must never be seen in one tree, so each remembers its <em>kin</em>, the layers that it shares
 * with, with its hashes. The first few files of a copy are copied unless they are large, so that a small copy makes no kin. Used by one thread.
 */
final class Sharing {
    private static final int COPIED_FIRST = 64;

    /** Bytes of a file that takes longer to copy than any kin is worth. */
    private static final long LARGE = 1 << 20;

    private final List<Layer> lowers;
    private final Map<Layer, Boolean> strangers = new HashMap<>();
    private final Set<String> kin = new HashSet<>();
    private final Set<String> shared = new HashSet<>();
    private final Set<Long> inodes = new HashSet<>();
    private int asked;

    /** For a layer over these. */
    Sharing(List<Layer> lowers) {
        this.lowers = lowers;
    }

    /** Whether the file may be shared: it would look the same, and its layer is a stranger to all below. */
    boolean allows(Layer source, TreeEntry file, Attributes wanted) {
        boolean worthIt = ++asked > COPIED_FIRST || file.size() >= LARGE;
        return worthIt
                && file.mode() == wanted.mode()
                && file.uid() == wanted.uid()
                && file.gid() == wanted.gid()
                && file.modified() == wanted.modified()
                && same(file.xattrs(), wanted.xattrs())
                && strangers.computeIfAbsent(source, this::stranger)
                && inodes.add(file.inode());
    }

    private static boolean same(Map<String, byte[]> left, Map<String, byte[]> right) {
        return left.size() == right.size()
                && left.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), right.get(entry.getKey())));
    }

    private boolean stranger(Layer source) {
        Set<String> family = family(source);
        return lowers.stream().allMatch(lower -> family(lower).stream().noneMatch(family::contains));
    }

    private static Set<String> family(Layer layer) {
        Set<String> family = layer.digests.kin();
        family.add(layer.root);
        return family;
    }

    /** The file at this path is one with a file of that layer now. */
    void share(String path, Layer source) {
        shared.add(path);
        if (!kin.contains(source.root)) {
            kin.addAll(family(source));
        }
    }

    /** Whether the file at this path was shared; from now on it is not. */
    boolean end(String path) {
        return shared.remove(path);
    }

    /** Whether anything is shared. */
    boolean any() {
        return !shared.isEmpty();
    }

    /** What the layer has to remember. */
    Set<String> kin() {
        return kin;
    }
}

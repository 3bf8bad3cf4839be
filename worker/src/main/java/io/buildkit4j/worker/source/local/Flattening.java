package io.buildkit4j.worker.source.local;

import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import java.util.HashMap;
import java.util.Map;

/** Copies a whole tree, so that the snapshots it is piled up of can go. */
final class Flattening {
    private final TreeReader from;
    private final TreeWriter to;
    private final Map<Long, String> linked = new HashMap<>();

    private Flattening(TreeReader from, TreeWriter to) {
        this.from = from;
        this.to = to;
    }

    static void copy(TreeReader from, TreeWriter to) throws InterruptedException {
        new Flattening(from, to).directory("/");
    }

    private void directory(String path) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("copy was given up");
        }
        for (TreeEntry entry : from.list(path)) {
            Attributes attributes = attributes(entry);
            if (entry.isDirectory()) {
                to.makeDirectory(entry.path(), attributes);
                directory(entry.path());
                to.setAttributes(entry.path(), attributes);
            } else if (entry.links() > 1 && linked.containsKey(entry.inode())) {
                to.makeHardLink(entry.path(), linked.getOrDefault(entry.inode(), ""));
            } else {
                linked.put(entry.inode(), entry.path());
                leaf(entry, attributes);
            }
        }
    }

    private void leaf(TreeEntry entry, Attributes attributes) {
        if (entry.isFile()) {
            to.copyFile(from, entry, entry.path(), attributes);
        } else if (entry.isLink()) {
            to.makeLink(entry.path(), entry.link(), attributes);
        } else {
            to.makeNode(entry.path(), entry.device(), attributes);
        }
    }

    private static Attributes attributes(TreeEntry entry) {
        return new Attributes(entry.mode(), entry.uid(), entry.gid(), entry.modified(), entry.xattrs());
    }
}

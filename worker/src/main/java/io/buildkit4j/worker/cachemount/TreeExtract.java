package io.buildkit4j.worker.cachemount;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Writes a tree to a directory of the host, with owners, modes, times and attributes; hard links stay hard links. */
public final class TreeExtract {
    private final TreeReader tree;
    /** The first name of a file with several, by inode. */
    private final Map<Long, String> linked = new HashMap<>();

    private TreeExtract(TreeReader tree) {
        this.tree = tree;
    }

    /** Writes everything in the tree into the directory, which exists and gets the root's attributes. */
    public static void write(TreeReader tree, Path directory) throws InterruptedException {
        TreeExtract extract = new TreeExtract(tree);
        extract.children("/", directory.toString());
        tree.find("/", false).ifPresent(root -> attributes(root, directory.toString()));
    }

    private void children(String path, String target) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("given up");
        }
        for (TreeEntry entry : tree.list(path)) {
            String place = target + "/" + entry.name();
            if (entry.isDirectory()) {
                HostFiles.makeDirectory(place, 0700);
                children(entry.path(), place);
                attributes(entry, place);
            } else {
                leaf(entry, place);
            }
        }
    }

    private void leaf(TreeEntry entry, String place) {
        String first = entry.links() > 1 ? linked.putIfAbsent(entry.inode(), place) : null;
        if (first != null) {
            HostFiles.makeHardLink(place, first);
            return;
        }
        if (entry.isLink()) {
            HostFiles.makeLink(place, entry.link());
        } else if (entry.isFile()) {
            bytes(entry, place);
        } else {
            HostFiles.makeNode(place, entry.mode(), entry.device());
        }
        attributes(entry, place);
    }

    private void bytes(TreeEntry entry, String place) {
        try (InputStream in = tree.open(entry);
                OutputStream out = Files.newOutputStream(Path.of(place))) {
            in.transferTo(out);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot write " + place + ": " + failed.getMessage(), failed);
        }
    }

    private static void attributes(TreeEntry entry, String place) {
        HostFiles.setOwner(place, entry.uid(), entry.gid());
        if (!entry.isLink()) {
            HostFiles.setMode(place, entry.mode() & 07777);
        }
        entry.xattrs().forEach((name, value) -> HostFiles.setAttribute(place, name, value));
        HostFiles.setModified(place, entry.modified());
    }
}

package io.buildkit4j.worker.rootfs;

import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes what mounts are made on before the runtime would, so that it is known which of them were not there, and takes those
 * away again that the process left empty. Directories keep the times that they had.
 */
public final class MountStubs {
    private final List<String> made = new ArrayList<>();

    private MountStubs() {}

    /**
     * What a mount needs to lie on.
     *
     * @param path absolute, in the root
     * @param directory a directory, else a file
     */
    public record Target(String path, boolean directory) {}

    /** Makes what is missing. Targets below an earlier target belong to that mount's file system and are left alone. */
    public static MountStubs make(TreeWriter tree, List<Target> targets) {
        MountStubs stubs = new MountStubs();
        List<String> above = new ArrayList<>();
        for (Target target : targets) {
            if (above.stream().noneMatch(earlier -> target.path().startsWith(earlier + "/"))) {
                stubs.make(tree, target);
                above.add(target.path());
            }
        }
        return stubs;
    }

    private void make(TreeWriter tree, Target target) {
        String path = tree.resolve(target.path(), true);
        Deque<String> missing = new ArrayDeque<>();
        while (path.length() > 1 && tree.find(path, false).isEmpty()) {
            missing.push(path);
            path = parent(path);
        }
        if (missing.isEmpty()
                || !tree.find(path, false).map(TreeEntry::isDirectory).orElse(path.equals("/"))) {
            return;
        }
        Optional<TreeEntry> holder = tree.find(path, false);
        for (String part : missing) {
            if (part.equals(missing.peekLast()) && !target.directory()) {
                empty(tree, part);
            } else {
                tree.makeDirectory(part, attributes(0755));
            }
            made.add(part);
        }
        holder.ifPresent(entry -> restore(tree, entry));
    }

    private static void empty(TreeWriter tree, String path) {
        try {
            tree.writeFile(path, attributes(0644)).close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Takes away what is still empty. To be called when nothing is mounted on them any more. */
    public void remove(TreeWriter tree) {
        for (String path : made.reversed()) {
            Optional<TreeEntry> entry = tree.find(path, false);
            boolean empty = entry.isPresent()
                    && (entry.get().isDirectory()
                            ? tree.list(path).isEmpty()
                            : entry.get().isFile() && entry.get().size() == 0);
            if (empty) {
                Optional<TreeEntry> holder = tree.find(parent(path), false);
                tree.remove(path);
                holder.ifPresent(above -> restore(tree, above));
            }
        }
    }

    private static void restore(TreeWriter tree, TreeEntry entry) {
        tree.setAttributes(
                entry.path(),
                new Attributes(entry.mode() & 07777, entry.uid(), entry.gid(), entry.modified(), entry.xattrs()));
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, 0, Map.of());
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}

package io.buildkit4j.store.tree;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.ListedFile;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.budget.Reservation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A stack of layers as one directory, for machines that cannot stack them. Either of hard links, to be read only, or copied
 * (as a reflink where the file system can), to be changed; what processes changed is then found by the time of each
 * inode's last change, which they cannot set, and moved into the upper layer.
 */
public final class WholeTree {
    private final MergedTree tree;
    private final Path target;
    private final Reservation room;
    private final boolean linking;
    private final Described described;
    /** First copies of files that have several names in one layer. */
    private final Map<Inode, String> linked = new HashMap<>();
    /** Inodes of directories that were made, by path. */
    private final Map<String, Long> directories = new HashMap<>();

    private long since = Long.MAX_VALUE;

    /** A file of a layer. */
    private record Inode(String layer, long number) {}

    private WholeTree(MergedTree tree, Path target, Reservation room, boolean linking) {
        this.tree = tree;
        this.target = target;
        this.room = room;
        this.linking = linking;
        described = new Described(tree.marks);
    }

    /** Fills the empty directory with hard links. Only directories cost space. */
    public static void link(LayerCache cache, List<Path> layers, Path target, Reservation room)
            throws InterruptedException {
        new WholeTree(new LayeredTree(cache, layers), target, room, true).fill("/");
    }

    /** Fills the empty directory with copies. */
    public static WholeTree copy(WritableTree tree, Path target, Reservation room) throws InterruptedException {
        WholeTree whole = new WholeTree(tree, target, room, false);
        whole.fill("/");
        whole.since = whole.now();
        return whole;
    }

    private String host(String path) {
        return path.equals("/") ? target.toString() : target + path;
    }

    private void fill(String path) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("copying a file system was canceled");
        }
        Merged directory = tree.directory(path);
        if (directory == null) {
            throw MergedTree.notFound(path);
        }
        for (Map.Entry<String, Layer.Part> name : directory.names().entrySet()) {
            String child = directory.child(name.getKey());
            if (name.getValue().mark(name.getKey()) == Mark.DIRECTORY) {
                room.spend(Reservation.ENTRY);
                HostFiles.makeDirectory(host(child), 0700);
                fill(child);
            } else {
                place(name.getValue(), name.getValue().child(name.getKey()), host(child));
            }
        }
        String from = directory.parts().getFirst().host;
        described.apply(host(path), described.of(HostFiles.status(from), from), true);
        directories.put(path, HostFiles.status(host(path)).inode());
    }

    private void place(Layer.Part part, String from, String to) {
        if (linking) {
            try {
                HostFiles.makeHardLink(to, from);
                return;
            } catch (LinuxFault failed) {
                if (!failed.tooManyLinks()) {
                    throw failed;
                }
            }
        }
        FileStatus status = HostFiles.status(from);
        if (status.links() > 1) {
            String first = linked.putIfAbsent(new Inode(part.layer.root, status.inode()), to);
            if (first != null) {
                HostFiles.makeHardLink(to, first);
                return;
            }
        }
        copy(from, to, status);
    }

    private void copy(String from, String to, FileStatus status) {
        room.spend(Reservation.ENTRY);
        switch (status.mode() & FileStatus.TYPE) {
            case FileStatus.FILE -> {
                room.spend(status.blocks() * 512);
                try (OpenFile in = HostFiles.open(from);
                        OpenFile out = HostFiles.create(to, 0600)) {
                    out.copyFrom(in, status.size());
                    HashedFile.apply(out, described.of(status, from), tree.marks);
                }
                return;
            }
            case FileStatus.LINK -> HostFiles.makeLink(to, HostFiles.readLink(from));
            default -> HostFiles.makeNode(to, status.mode(), status.device());
        }
        described.apply(to, described.of(status, from), !status.isLink());
    }

    /** A time of change that nothing has which was made so far; the kernel's clock goes in steps of some milliseconds. */
    private long now() throws InterruptedException {
        long last = HostFiles.status(target.toString()).changed();
        String probe = target.resolveSibling("probe").toString();
        while (true) {
            HostFiles.create(probe, 0600).close();
            long changed = HostFiles.status(probe).changed();
            HostFiles.remove(probe);
            if (changed > last) {
                return changed;
            }
            Thread.sleep(1);
        }
    }

    /** Moves what was changed into the tree's upper layer, marks what was removed, and leaves the rest where it is. */
    public void absorb(WritableTree into) throws InterruptedException {
        absorb(into, "/");
    }

    private void absorb(WritableTree into, String path) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("looking for changes of a file system was canceled");
        }
        Merged before = into.directory(path);
        if (before == null) {
            throw new StoreFault(Kind.INTERNAL, path + " vanished below a copied file system");
        }
        List<ListedFile> listed = HostFiles.list(host(path));
        Set<String> names = HashSet.newHashSet(listed.size());
        listed.forEach(file -> names.add(file.name()));
        Map<String, Layer.Part> known = before.names();
        FileStatus own = HostFiles.status(host(path));
        if (own.changed() >= since) {
            into.setAttributes(path, described.of(own, host(path)));
            known.keySet().stream()
                    .filter(name -> !names.contains(name))
                    .forEach(name -> into.remove(before.child(name)));
        }
        for (String name : names) {
            absorb(into, before.child(name), known.get(name));
        }
        // entries that were moved into it have changed its time
        into.written(path).ifPresent(host -> HostFiles.setModified(host, own.modified()));
    }

    private void absorb(WritableTree into, String path, Layer.@org.jspecify.annotations.Nullable Part known)
            throws InterruptedException {
        FileStatus status = HostFiles.status(host(path));
        if (status.isDirectory()) {
            if (known != null && Long.valueOf(status.inode()).equals(directories.get(path))) {
                absorb(into, path);
            } else {
                into.adopt(path, host(path), status);
            }
        } else if (known == null || status.changed() >= since) {
            into.adopt(path, host(path), status);
        }
    }
}

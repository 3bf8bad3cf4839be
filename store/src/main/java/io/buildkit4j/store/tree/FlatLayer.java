package io.buildkit4j.store.tree;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.OpenFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes one layer of several that are stacked on each other: laid over anything, it shows what they would. Files are hard
 * links, so only directories cost space. Whiteouts stay, because what they hide may be below; a directory becomes opaque
 * where one of its parts is, or where a part lay over something that was no directory.
 */
public final class FlatLayer {
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    private final OverlayMarks marks;
    private final LayerDigests digests;
    private final long most;
    private long entries;
    private long bytes;

    private FlatLayer(OverlayMarks marks, LayerDigests digests, long most) {
        this.marks = marks;
        this.digests = digests;
        this.most = most;
    }

    /**
     * Fills the empty directory.
     *
     * @param layers top first, committed, on the same file system
     * @param target an empty directory, whose hashes are kept where the cache says
     * @param most names that it may have; with more it is left unfinished
     * @return bytes on disk that it takes besides what it links, or nothing when there are too many names
     */
    public static Optional<Long> make(LayerCache cache, List<Path> layers, Path target, long most) {
        LayerDigests digests = new LayerDigests(cache.digestFile(target));
        FlatLayer flat = new FlatLayer(cache.marks(), digests, most);
        List<Layer.Part> roots = new ArrayList<>(layers.size());
        boolean opaque = false;
        for (Path layer : layers) {
            Layer.Part part = cache.layer(layer).part("/");
            roots.add(part);
            if (part.opaque) {
                opaque = true;
                break;
            }
        }
        if (!flat.fill("/", roots, opaque, target.toString())) {
            return Optional.empty();
        }
        for (Layer.Part root : roots) {
            Set<String> kin = root.layer.digests.kin();
            kin.add(root.layer.root);
            digests.addKin(kin);
        }
        digests.save();
        return Optional.of(flat.bytes);
    }

    /** What a name becomes: the part that it is seen in, and for a directory all that are merged. */
    private static final class Seen {
        private final Layer.Part part;
        private final Mark mark;
        private final List<Layer.Part> below = new ArrayList<>(2);
        /** Nothing further below shows. */
        private boolean closed;

        Seen(Layer.Part part, Mark mark) {
            this.part = part;
            this.mark = mark;
        }
    }

    /** Answers false, with the directory unfinished, once there are too many names. */
    private boolean fill(String path, List<Layer.Part> parts, boolean opaque, String host) {
        Map<String, Seen> names = new LinkedHashMap<>();
        for (Layer.Part part : parts) {
            for (Map.Entry<String, Mark> name : part.names().entrySet()) {
                see(names, part, name, path);
            }
        }
        entries += names.size();
        if (entries > most) {
            return false;
        }
        for (Map.Entry<String, Seen> name : names.entrySet()) {
            Seen seen = name.getValue();
            String below = path.equals("/") ? "/" + name.getKey() : path + "/" + name.getKey();
            String to = host + "/" + name.getKey();
            if (seen.mark == Mark.DIRECTORY) {
                HostFiles.makeDirectory(to, 0700);
                if (!fill(below, seen.below, seen.closed, to)) {
                    return false;
                }
            } else {
                link(seen.part, name.getKey(), to, below);
            }
        }
        describe(parts.getFirst().host, host, opaque);
        return true;
    }

    private static void see(Map<String, Seen> names, Layer.Part part, Map.Entry<String, Mark> name, String path) {
        Seen seen = names.get(name.getKey());
        boolean directory = name.getValue() == Mark.DIRECTORY;
        if (seen == null) {
            seen = new Seen(part, name.getValue());
            names.put(name.getKey(), seen);
        } else if (seen.mark != Mark.DIRECTORY || seen.closed) {
            return;
        } else if (!directory) {
            // what is further below stays hidden by it
            seen.closed = true;
            return;
        }
        if (directory) {
            Layer.Part child = part.layer.part(path.equals("/") ? "/" + name.getKey() : path + "/" + name.getKey());
            seen.below.add(child);
            seen.closed = child.opaque;
        }
    }

    private void link(Layer.Part part, String name, String to, String path) {
        String from = part.child(name);
        try {
            HostFiles.makeHardLink(to, from);
        } catch (LinuxFault failed) {
            if (!failed.tooManyLinks()) {
                throw failed;
            }
            copy(from, to);
        }
        byte[] known = part.layer.digests.find(ContentHashes.fileKey(path));
        if (known != null) {
            digests.put(ContentHashes.fileKey(path), known);
        }
    }

    /** The file has as many names as the file system allows. */
    private void copy(String from, String to) {
        FileStatus status = HostFiles.status(from);
        switch (status.mode() & FileStatus.TYPE) {
            case FileStatus.FILE -> {
                try (OpenFile in = HostFiles.open(from);
                        OpenFile out = HostFiles.create(to, 0600)) {
                    out.copyFrom(in, status.size());
                }
            }
            case FileStatus.LINK -> HostFiles.makeLink(to, HostFiles.readLink(from));
            default -> HostFiles.makeNode(to, status.mode(), status.device());
        }
        if (!status.isWhiteout()) {
            describe(from, to, false);
        }
        bytes += HostFiles.status(to).blocks() * 512;
    }

    private void describe(String from, String to, boolean opaque) {
        FileStatus status = HostFiles.status(from);
        HostFiles.setOwner(to, status.uid(), status.gid());
        for (Map.Entry<String, byte[]> attribute :
                marks.shown(HostFiles.attributes(from)).entrySet()) {
            HostFiles.setAttribute(to, attribute.getKey(), attribute.getValue());
        }
        if (opaque) {
            HostFiles.setAttribute(to, marks.opaque(), YES);
        }
        if (!status.isLink()) {
            HostFiles.setMode(to, status.mode() & 07777);
        }
        HostFiles.setModified(to, status.modified());
        if (status.isDirectory()) {
            bytes += HostFiles.status(to).blocks() * 512;
        }
    }
}

package io.buildkit4j.store.layer;

import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarWriter;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Writes a snapshot's directory as a layer's tar, in one walk. Equal directories give equal bytes: names are sorted,
 * whiteouts carry nothing of their own.
 */
final class LayerWriter {
    private final String root;
    private final Optional<String> below;
    private final long latest;
    private final TarWriter tar;
    private final Map<Long, String> linked = new HashMap<>();

    /**
     * Writes nothing yet.
     *
     * @param latest what is later than that gets this time
     * @param below the directory of the layer below, from which the root's attributes come unless they were changed
     */
    LayerWriter(Path directory, Optional<Path> below, Optional<Instant> latest, OutputStream out) {
        root = directory.toString();
        this.latest = latest.map(time -> TimeUnit.SECONDS.toNanos(time.getEpochSecond()))
                .orElse(Long.MAX_VALUE);
        this.below = below.map(Path::toString);
        tar = new TarWriter(out);
    }

    void write() throws IOException, InterruptedException {
        try {
            root();
            if (HostFiles.attribute(root, LayerPaths.OPAQUE).isPresent()) {
                tar.put(TarEntry.of(".wh..wh..opq", TarEntry.Type.FILE, 0, 0));
            }
            FileTree.walk(root, this::entry);
            tar.finish();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    /** Not for its time alone, which every change of an entry in it changes. */
    private void root() throws IOException {
        FileStatus status = HostFiles.status(root);
        TarEntry own = described("", TarEntry.Type.DIRECTORY, status, "");
        int mode = 0755;
        int uid = 0;
        int gid = 0;
        Map<String, byte[]> attributes = Map.of();
        if (below.isPresent()) {
            FileStatus before = HostFiles.status(below.get());
            mode = before.mode() & 07777;
            uid = before.uid();
            gid = before.gid();
            attributes = attributes(below.get());
        }
        boolean same = own.mode() == mode && own.uid() == uid && own.gid() == gid;
        if (!same || !sameAttributes(own.xattrs(), attributes)) {
            tar.put(own);
        }
    }

    private static boolean sameAttributes(Map<String, byte[]> a, Map<String, byte[]> b) {
        return a.keySet().equals(b.keySet())
                && a.entrySet().stream().allMatch(entry -> Arrays.equals(entry.getValue(), b.get(entry.getKey())));
    }

    private boolean entry(String path, FileStatus status) {
        try {
            put(path, status);
            return true;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void put(String path, FileStatus status) throws IOException {
        if (status.isWhiteout()) {
            String whiteout = LayerPaths.join(LayerPaths.parent(path), ".wh." + LayerPaths.name(path));
            tar.put(TarEntry.of(whiteout, TarEntry.Type.FILE, 0, 0));
            return;
        }
        if ((status.mode() & FileStatus.TYPE) == FileStatus.SOCKET) {
            // belongs to a process that is no more, and no tar can hold it
            return;
        }
        if (!status.isDirectory() && status.links() > 1) {
            String first = linked.putIfAbsent(status.inode(), path);
            if (first != null) {
                tar.put(described(path, TarEntry.Type.HARD_LINK, status, first));
                return;
            }
        }
        TarEntry.Type type = TarEntry.Type.ofMode(status.mode());
        String link = status.isLink() ? HostFiles.readLink(root + "/" + path) : "";
        TarEntry entry = described(path, type, status, link);
        if (type == TarEntry.Type.FILE) {
            try (OpenFile file = HostFiles.open(root + "/" + path)) {
                tar.put(entry, file.input());
            }
            return;
        }
        tar.put(entry);
        if (type == TarEntry.Type.DIRECTORY
                && HostFiles.attribute(root + "/" + path, LayerPaths.OPAQUE).isPresent()) {
            tar.put(TarEntry.of(path + "/.wh..wh..opq", TarEntry.Type.FILE, 0, 0));
        }
    }

    private static Map<String, byte[]> attributes(String host) {
        Map<String, byte[]> attributes = new TreeMap<>();
        HostFiles.attributes(host).forEach((name, value) -> {
            if (!name.startsWith("trusted.overlay.") && !name.equals("security.selinux")) {
                attributes.put(name, value);
            }
        });
        return attributes;
    }

    private TarEntry described(String path, TarEntry.Type type, FileStatus status, String link) {
        String host = path.isEmpty() ? root : root + "/" + path;
        return new TarEntry(
                path.isEmpty() ? "." : path,
                type,
                status.mode() & 07777,
                status.uid(),
                status.gid(),
                type == TarEntry.Type.FILE ? status.size() : 0,
                Math.min(latest, status.modified()),
                link,
                status.device(),
                type == TarEntry.Type.HARD_LINK ? Map.of() : attributes(host));
    }
}

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
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a snapshot's directory as a layer's tar, in one walk. Equal directories give equal bytes: names are sorted,
 * whiteouts carry nothing of their own.
 */
final class LayerWriter {
    private final String root;
    private final TarWriter tar;
    private final Map<Long, String> linked = new HashMap<>();

    LayerWriter(Path directory, OutputStream out) {
        root = directory.toString();
        tar = new TarWriter(out);
    }

    void write() throws IOException, InterruptedException {
        try {
            if (HostFiles.attribute(root, LayerPaths.OPAQUE).isPresent()) {
                tar.put(TarEntry.of(".wh..wh..opq", TarEntry.Type.FILE, 0, 0));
            }
            FileTree.walk(root, this::entry);
            tar.finish();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
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

    private TarEntry described(String path, TarEntry.Type type, FileStatus status, String link) {
        Map<String, byte[]> attributes = new TreeMap<>();
        if (type != TarEntry.Type.HARD_LINK) {
            HostFiles.attributes(root + "/" + path).forEach((name, value) -> {
                if (!name.startsWith("trusted.overlay.") && !name.equals("security.selinux")) {
                    attributes.put(name, value);
                }
            });
        }
        return new TarEntry(
                path,
                type,
                status.mode() & 07777,
                status.uid(),
                status.gid(),
                type == TarEntry.Type.FILE ? status.size() : 0,
                status.modified(),
                link,
                status.device(),
                attributes);
    }
}

package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarReader;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.StoreFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies one layer's tar to an empty directory, in overlay form. Made for hostile layers: names and links stay inside,
 * overlayfs's own attributes are not taken from a tar.
 */
final class LayerReader {
    private static final String WHITEOUT = ".wh.";
    private static final String SPECIAL = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final int PIECE = 1 << 17;
    private static final int HOLE = 1 << 16;
    private static final byte[] ZEROS = new byte[PIECE];

    private final LayerPaths paths;
    private final byte[] piece = new byte[PIECE];
    /** Times of directories, which are set when nothing changes in them any more. */
    private final Map<String, Long> times = new LinkedHashMap<>();

    private final Map<String, HardLink> missing = new LinkedHashMap<>();

    private final LayerLimits limits;
    private boolean rootDescribed;

    /** A second name of something that is not in this layer. */
    record HardLink(String path, String target) {}

    /** Into an empty directory. */
    LayerReader(Path directory, LayerLimits limits) {
        paths = new LayerPaths(directory, limits);
        this.limits = limits;
    }

    LayerPaths paths() {
        return paths;
    }

    /** Links to files of layers below, in the order of the layer. */
    List<HardLink> missing() {
        return List.copyOf(missing.values());
    }

    boolean rootDescribed() {
        return rootDescribed;
    }

    /** Applies all entries; directory times follow with {@link #finish}. */
    void apply(InputStream tar) throws IOException, InterruptedException {
        TarReader reader = new TarReader(tar);
        for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the unpacking of a layer was cancelled");
            }
            apply(entry.get(), reader.content());
        }
    }

    /** What follows the mark of the archive's end; it belongs to the digest. */
    void skipRest(InputStream tar) throws IOException, InterruptedException {
        for (int length = tar.read(piece); length >= 0; length = tar.read(piece)) {
            limits.rest(length);
            if (Thread.interrupted()) {
                throw new InterruptedException("the unpacking of a layer was cancelled");
            }
        }
    }

    private void apply(TarEntry entry, InputStream content) throws IOException {
        String wanted = LayerPaths.clean(entry.name());
        String name = LayerPaths.name(wanted);
        if (name.startsWith(WHITEOUT)) {
            whiteout(wanted, name);
            return;
        }
        limits.entry(entry);
        String path = paths.placed(wanted);
        missing.remove(path);
        switch (entry.type()) {
            case DIRECTORY -> {
                paths.makeDirectory(path);
                describe(path, entry);
                times.put(path, entry.modified());
                rootDescribed |= path.isEmpty();
            }
            case FILE -> {
                paths.clear(path);
                write(path, entry, content);
            }
            case LINK -> {
                paths.clear(path);
                paths.makeLink(path, entry.link());
                describe(path, entry);
                HostFiles.setModified(paths.host(path), entry.modified());
            }
            case HARD_LINK -> link(path, entry);
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> node(path, entry);
        }
    }

    private void node(String path, TarEntry entry) {
        if (entry.type() == TarEntry.Type.CHARACTER_DEVICE && entry.device() == 0) {
            throw new StoreFault(
                    Kind.INVALID_ARGUMENT,
                    "it holds the device 0:0 as /" + path + ", which overlayfs takes for the mark of a removed file");
        }
        paths.clear(path);
        HostFiles.makeNode(paths.host(path), entry.statMode(), entry.device());
        describe(path, entry);
        HostFiles.setModified(paths.host(path), entry.modified());
    }

    private void whiteout(String wanted, String name) {
        String directory = LayerPaths.parent(wanted);
        if (name.equals(OPAQUE)) {
            paths.opaque(LayerPaths.parent(paths.placed(wanted)));
            return;
        }
        if (name.startsWith(SPECIAL)) {
            // bookkeeping of aufs that means nothing elsewhere
            return;
        }
        String removed = name.substring(WHITEOUT.length());
        if (removed.isEmpty() || removed.equals(".") || removed.equals("..")) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "it removes \"" + removed + "\" in /" + directory);
        }
        paths.makeWhiteout(paths.placed(LayerPaths.join(directory, removed)));
    }

    private void write(String path, TarEntry entry, InputStream content) throws IOException {
        try (OpenFile file = HostFiles.create(paths.host(path), 0600)) {
            bytes(file, entry.size(), content);
            if (entry.uid() != 0 || entry.gid() != 0) {
                file.owner(entry.uid(), entry.gid());
            }
            file.mode(entry.mode());
            attributes(path, entry.xattrs());
            file.modified(entry.modified());
        }
    }

    /** Long runs of zeros become holes: they cost no room, whoever wrote them. */
    private void bytes(OpenFile file, long size, InputStream content) throws IOException {
        boolean hole = false;
        for (int length = content.readNBytes(piece, 0, PIECE);
                length > 0;
                length = content.readNBytes(piece, 0, PIECE)) {
            hole = length >= HOLE && Arrays.equals(piece, 0, length, ZEROS, 0, length);
            if (hole) {
                file.skip(length);
            } else {
                limits.written(length);
                file.write(piece, 0, length);
            }
        }
        if (hole) {
            file.truncate(size);
        }
    }

    private void describe(String path, TarEntry entry) {
        String host = paths.host(path);
        HostFiles.setOwner(host, entry.uid(), entry.gid());
        if (entry.type() != TarEntry.Type.LINK) {
            HostFiles.setMode(host, entry.mode());
        }
        attributes(path, entry.xattrs());
    }

    private void attributes(String path, Map<String, byte[]> attributes) {
        for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
            if (attribute.getKey().startsWith("trusted.overlay.")) {
                continue;
            }
            try {
                HostFiles.setAttribute(paths.host(path), attribute.getKey(), attribute.getValue());
            } catch (LinuxFault refused) {
                // names of other systems, or classes that this file system lacks
                if (refused.kind() != Kind.UNIMPLEMENTED) {
                    throw refused;
                }
            }
        }
    }

    private void link(String path, TarEntry entry) {
        String target = paths.placed(LayerPaths.clean(entry.link()));
        if (target.equals(path)) {
            return;
        }
        paths.clear(path);
        Optional<FileStatus> existing = HostFiles.find(paths.host(target));
        if (existing.isEmpty() || existing.get().isWhiteout()) {
            missing.put(path, new HardLink(path, target));
        } else {
            HostFiles.makeHardLink(paths.host(path), paths.host(target));
        }
    }

    /** Sets what changes of directories' contents would have spoiled. */
    void finish() {
        times.forEach((path, time) -> {
            String host = paths.host(paths.now(path));
            if (HostFiles.find(host).filter(FileStatus::isDirectory).isPresent()) {
                HostFiles.setModified(host, time);
            }
        });
    }
}

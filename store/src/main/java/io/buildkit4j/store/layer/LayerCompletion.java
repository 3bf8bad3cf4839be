package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Fills in what an applied layer leaves to the layers below it. */
final class LayerCompletion {
    /** Of links below, one after the other; each may lead into another. */
    private static final int MOST_LINKS = 255;

    private final LayerReader layer;
    private final LayerPaths paths;
    private final TreeReader below;
    private final Map<String, Optional<TreeEntry>> shown = new HashMap<>();

    LayerCompletion(LayerReader layer, TreeReader below) {
        this.layer = layer;
        this.paths = layer.paths();
        this.below = below;
    }

    /**
     * In this order: what was put into a directory that is a link below goes where the link leads; then links to files
     * below, which need their directories; then attributes, which all of that would have spoiled.
     */
    void complete() throws IOException {
        if (!layer.rootDescribed()) {
            below.find("/", false).ifPresent(entry -> describe("", entry));
        }
        followLinks();
        for (LayerReader.HardLink link : layer.missing()) {
            copy(paths.now(link.path()), paths.now(link.target()));
        }
        layer.finish();
        for (String directory : paths.implied().reversed()) {
            shown(directory).filter(TreeEntry::isDirectory).ifPresent(entry -> describe(directory, entry));
        }
    }

    private void followLinks() {
        for (int followed = 0; followed < MOST_LINKS; followed++) {
            Optional<String> link = paths.implied().stream()
                    .filter(directory ->
                            shown(directory).filter(TreeEntry::isLink).isPresent())
                    .findFirst();
            if (link.isEmpty()) {
                return;
            }
            String target = below.resolve("/" + link.get(), true);
            paths.moveContent(link.get(), LayerPaths.clean(target));
        }
        throw new StoreFault(Kind.INVALID_ARGUMENT, "it reaches through too many links of the layers below");
    }

    /** What the layers below have at exactly this path, as far as this layer lets it be seen. */
    private Optional<TreeEntry> shown(String path) {
        if (path.isEmpty()) {
            return below.find("/", false);
        }
        // each directory once: what is below does not change
        return shown.computeIfAbsent(path, this::look);
    }

    private Optional<TreeEntry> look(String path) {
        String parent = LayerPaths.parent(path);
        boolean hidden = paths.isOpaque(path) || hides(parent);
        return hidden ? Optional.empty() : below.find("/" + path, false);
    }

    /** Whether nothing at all is seen of what is below this directory. */
    private boolean hides(String directory) {
        for (String at = directory; !at.isEmpty(); at = LayerPaths.parent(at)) {
            if (paths.isOpaque(at)) {
                return true;
            }
        }
        if (paths.isOpaque("")) {
            return true;
        }
        String literal = below.resolve("/" + directory, true);
        return !literal.equals("/" + directory);
    }

    private void describe(String path, TreeEntry entry) {
        String host = paths.host(path);
        HostFiles.setOwner(host, entry.uid(), entry.gid());
        HostFiles.setMode(host, entry.mode() & 07777);
        for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
            HostFiles.setAttribute(host, attribute.getKey(), attribute.getValue());
        }
        HostFiles.setModified(host, entry.modified());
    }

    /** As the kernel does it: the file is copied up under the name that it has, and gets a second one. */
    private void copy(String path, String target) throws IOException {
        String host = paths.host(path);
        String source = paths.host(target);
        Optional<FileStatus> sameLayer = HostFiles.find(source);
        boolean removed = sameLayer.filter(FileStatus::isWhiteout).isPresent();
        TreeEntry entry = removed || sameLayer.isPresent()
                ? null
                : below.find("/" + target, false).orElse(null);
        if (sameLayer.isEmpty() && entry != null) {
            copyUp(target, entry);
        } else if (removed || sameLayer.isEmpty()) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "it links /" + path + " to /" + target + ", which is nowhere");
        }
        FileTree.remove(host);
        HostFiles.makeHardLink(host, source);
    }

    private void copyUp(String path, TreeEntry entry) throws IOException {
        String host = paths.host(path);
        if (entry.isFile()) {
            try (OpenFile file = HostFiles.create(host, 0600);
                    InputStream in = below.open(entry)) {
                in.transferTo(file.output());
            }
        } else if (entry.isLink()) {
            HostFiles.makeLink(host, entry.link());
            HostFiles.setOwner(host, entry.uid(), entry.gid());
            HostFiles.setModified(host, entry.modified());
            return;
        } else if (entry.isDirectory()) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "it makes a hard link to the directory " + entry.path());
        } else {
            HostFiles.makeNode(host, entry.mode(), entry.device());
        }
        describe(path, entry);
    }
}

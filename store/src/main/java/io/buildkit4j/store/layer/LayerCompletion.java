package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** Fills in what an applied layer leaves to the layers below it. */
final class LayerCompletion {
    private final LayerReader layer;
    private final TreeReader below;

    LayerCompletion(LayerReader layer, TreeReader below) {
        this.layer = layer;
        this.below = below;
    }

    void complete() throws IOException {
        if (!layer.rootDescribed()) {
            below.find("/", false).ifPresent(entry -> describe("", entry));
        }
        for (LayerReader.HardLink link : layer.missing()) {
            copy(link);
        }
        layer.finish();
        for (String directory : layer.paths().implied().reversed()) {
            below.find("/" + directory, false)
                    .filter(TreeEntry::isDirectory)
                    .ifPresent(entry -> describe(directory, entry));
        }
    }

    private void describe(String path, TreeEntry entry) {
        String host = layer.paths().host(path);
        HostFiles.setOwner(host, entry.uid(), entry.gid());
        HostFiles.setMode(host, entry.mode() & 07777);
        for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
            HostFiles.setAttribute(host, attribute.getKey(), attribute.getValue());
        }
        HostFiles.setModified(host, entry.modified());
    }

    /** The kernel would copy the file up on the first change of either name, so the names are apart from then on anyway. */
    private void copy(LayerReader.HardLink link) throws IOException {
        String host = layer.paths().host(link.path());
        Optional<FileStatus> sameLayer = HostFiles.find(layer.paths().host(link.target()));
        if (sameLayer.isPresent() && !sameLayer.get().isWhiteout()) {
            HostFiles.makeHardLink(host, layer.paths().host(link.target()));
            return;
        }
        TreeEntry entry = below.find("/" + link.target(), false)
                .orElseThrow(() -> new StoreFault(
                        Kind.INVALID_ARGUMENT,
                        "a layer links /" + link.path() + " to /" + link.target() + ", which is nowhere"));
        if (entry.isFile()) {
            try (OpenFile file = HostFiles.create(host, 0600);
                    InputStream in = below.open(entry)) {
                in.transferTo(file.output());
            }
        } else if (entry.isLink()) {
            HostFiles.makeLink(host, entry.link());
            return;
        } else if (entry.isDirectory()) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "a layer makes a hard link to the directory " + entry.path());
        } else {
            HostFiles.makeNode(host, entry.mode(), entry.device());
        }
        describe(link.path(), entry);
    }
}

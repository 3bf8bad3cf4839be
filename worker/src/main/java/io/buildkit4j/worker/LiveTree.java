package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mounted tree that processes may be changing: every question is asked of the kernel, with no way out of the tree. */
record LiveTree(Path root) implements TreeReader {
    @Override
    public Optional<TreeEntry> find(String path, boolean followLast) {
        String absolute = ExecMounts.absolute("/", path);
        if (followLast || absolute.equals("/")) {
            Optional<String> real = real(absolute);
            return real.map(this::entry);
        }
        int cut = absolute.lastIndexOf('/');
        String name = absolute.substring(cut + 1);
        return real(cut == 0 ? "/" : absolute.substring(0, cut))
                .map(directory -> (directory.equals("/") ? "" : directory) + "/" + name)
                .filter(there -> HostFiles.find(host(there)).isPresent())
                .map(this::entry);
    }

    /** Where the path leads, from the root of the tree; nothing when it leads nowhere. */
    private Optional<String> real(String path) {
        try (OpenFile top = HostFiles.openDirectory(root.toString())) {
            Optional<OpenFile> open = HostFiles.openInside(top, path, HostFiles.Links.IN_ROOT);
            if (open.isEmpty()) {
                return Optional.empty();
            }
            try (OpenFile file = open.get()) {
                String real = HostFiles.readLink("/proc/self/fd/" + file.number());
                String above = HostFiles.readLink("/proc/self/fd/" + top.number());
                return Optional.of(real.equals(above) ? "/" : real.substring(above.length()));
            }
        }
    }

    private String host(String path) {
        return path.equals("/") ? root.toString() : root + path;
    }

    private TreeEntry entry(String path) {
        String host = host(path);
        FileStatus status = HostFiles.status(host);
        return new TreeEntry(
                path,
                status.mode(),
                status.uid(),
                status.gid(),
                status.size(),
                status.modified(),
                status.isLink() ? HostFiles.readLink(host) : "",
                status.device(),
                status.inode(),
                status.links(),
                Map.of());
    }

    @Override
    public String resolve(String path, boolean followLast) {
        return find(path, followLast).map(TreeEntry::path).orElse(path);
    }

    @Override
    public List<TreeEntry> list(String directory) {
        String above = directory.equals("/") ? "" : directory;
        return HostFiles.list(host(directory)).stream()
                .map(file -> above + "/" + file.name())
                .sorted()
                .map(this::entry)
                .toList();
    }

    @Override
    public InputStream open(TreeEntry file) {
        try (OpenFile top = HostFiles.openDirectory(root.toString())) {
            return HostFiles.openInside(top, file.path(), HostFiles.Links.IN_ROOT)
                    .orElseThrow(() -> new WorkerFault(Kind.NOT_FOUND, file.path() + " is gone"))
                    .input();
        }
    }
}

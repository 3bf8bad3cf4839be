package io.buildkit4j.client.files;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.wire.ChangeMarks;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.WireFault;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** A walk with all metadata that Linux keeps. */
final class LinuxWalk implements TreeWalk {
    private record Identity(long fileSystem, long inode) {}

    private final String root;
    private final Map<Identity, String> linked = new HashMap<>();

    /** The inode's time from which on a file is marked. */
    private final long since;

    LinuxWalk(Path root, OptionalLong since) {
        this.root = root.toString();
        this.since = since.orElse(Long.MAX_VALUE);
    }

    @Override
    public void walk(Visitor visitor) throws InterruptedException {
        FileTree.walk(root, (path, status) -> visitor.visit(stat(path, status)));
    }

    private FileStat stat(String path, FileStatus status) {
        if (!NameBytes.isUnicode(path)) {
            throw new WireFault(Kind.INVALID_ARGUMENT, "cannot send " + root + "/" + path + ": its name is not UTF-8");
        }
        String link = "";
        long size = status.isDirectory() ? 0 : status.size();
        if (status.isLink()) {
            link = HostFiles.readLink(root + "/" + path);
        } else if (!status.isDirectory() && status.links() > 1) {
            String first = linked.putIfAbsent(new Identity(status.fileSystem(), status.inode()), path);
            link = first == null ? "" : first;
            size = first == null ? size : 0;
        }
        FileStat stat = new FileStat(
                path,
                status.mode(),
                0,
                0,
                size,
                status.modified(),
                link,
                status.device(),
                status.isLink() ? Map.of() : HostFiles.attributes(root + "/" + path));
        return status.isFile() && status.changed() >= since ? ChangeMarks.changed(stat) : stat;
    }
}

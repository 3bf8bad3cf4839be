package io.buildkit4j.exporter;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store on disk, what is put into it through mounts, and trees as text that two of them can be compared by. */
final class RealStore implements AutoCloseable {
    final Store store;
    private final Path directory;

    RealStore(Path directory) {
        this.directory = directory;
        store = Store.open(directory);
    }

    /** Changes a mounted file system. */
    interface Change {
        void make(Path root) throws IOException, InterruptedException;
    }

    /** One more layer over the parent, which is closed. */
    Ref layer(Ref parent, Change change) throws IOException, InterruptedException {
        try (parent;
                ActiveRef active = store.begin(parent, RefDescription.regular("step"))) {
            try (MountedTree mount = active.mount()) {
                change.make(mount.path());
            }
            return active.commit();
        }
    }

    /** Everything below a directory, one line for each name with all that is to survive; several names of one file know it. */
    static List<String> listing(Path root) throws InterruptedException {
        Map<String, String> lines = new TreeMap<>();
        Map<Long, List<String>> linked = new HashMap<>();
        FileTree.walk(root.toString(), (path, status) -> {
            if (!status.isDirectory()) {
                linked.computeIfAbsent(status.inode(), inode -> new ArrayList<>())
                        .add(path);
            }
            lines.put(path, described(root + "/" + path, status));
            return true;
        });
        linked.values().stream()
                .filter(names -> names.size() > 1)
                .forEach(names -> names.forEach(name -> lines.merge(name, " = " + names, String::concat)));
        return lines.entrySet().stream()
                .map(line -> line.getKey() + " " + line.getValue())
                .toList();
    }

    /** For tools that know whole seconds only. */
    static List<String> withoutFractions(List<String> listing) {
        return listing.stream()
                .map(line -> line.replaceAll(" (-?[0-9]+)[0-9]{9} ", " $1 "))
                .toList();
    }

    /** The lines that only one of them has. */
    static List<String> differences(List<String> wanted, List<String> found) {
        List<String> all = new ArrayList<>();
        wanted.stream().filter(line -> !found.contains(line)).forEach(line -> all.add("wanted " + line));
        found.stream().filter(line -> !wanted.contains(line)).forEach(line -> all.add("found  " + line));
        return all;
    }

    private static String described(String host, FileStatus status) {
        String content = switch (status.mode() & FileStatus.TYPE) {
            case FileStatus.FILE -> status.size() + " " + hash(host);
            case FileStatus.LINK -> "-> " + HostFiles.readLink(host);
            case FileStatus.CHARACTER_DEVICE, FileStatus.BLOCK_DEVICE -> "device " + status.device();
            default -> "";
        };
        Map<String, String> xattrs = new TreeMap<>();
        HostFiles.attributes(host).forEach((name, value) -> {
            if (!name.startsWith("trusted.overlay.")) {
                xattrs.put(name, HexFormat.of().formatHex(value));
            }
        });
        return Integer.toOctalString(status.mode()) + " " + status.uid() + ":" + status.gid() + " " + status.modified()
                + " " + content + " " + xattrs;
    }

    private static int hash(String host) {
        try (InputStream in = HostFiles.open(host).input()) {
            return Arrays.hashCode(in.readAllBytes());
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        store.close();
        FileTree.remove(directory.toString());
    }
}

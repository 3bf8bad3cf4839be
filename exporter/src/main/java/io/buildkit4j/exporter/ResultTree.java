package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarWriter;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.wire.FileSource;
import io.buildkit4j.wire.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The file systems of a build as one tree: the only one itself, or a directory for each platform such as linux_arm_v7. */
final class ResultTree implements FileSource {
    private static final int SOCKET = 0140000;
    private static final int TYPE = 0170000;

    private final List<Root> roots;
    private final Optional<Long> time;

    /** One file system; {@code name} is empty when it is the tree itself. */
    private record Root(String name, TreeReader tree) {
        String prefixed(String path) {
            String relative = path.startsWith("/") ? path.substring(1) : path;
            return name.isEmpty() ? relative : name + "/" + relative;
        }
    }

    /** What is done with one file of one file system. */
    private interface Step<E extends Exception> {
        void take(Root root, TreeEntry entry, FileStat stat) throws E, InterruptedException;
    }

    ResultTree(List<PlatformResult> results, boolean split, Optional<Instant> epoch) throws InterruptedException {
        List<Root> named = new ArrayList<>();
        for (PlatformResult result : results) {
            String name = split ? result.platform().toString().replace('/', '_') : "";
            named.add(new Root(name, result.ref().tree()));
        }
        named.sort(Comparator.comparing(Root::name, NameBytes::compare));
        roots = List.copyOf(named);
        time = epoch.map(instant -> TimeUnit.SECONDS.toNanos(instant.getEpochSecond()));
    }

    private <E extends Exception> void each(Step<E> step) throws E, InterruptedException {
        for (Root root : roots) {
            if (!root.name.isEmpty()) {
                TreeEntry top = root.tree.find("/", false).orElseThrow(() -> gone("/"));
                step.take(root, top, stat(top, root.name, "", Map.of()));
            }
            descend(root, "/", new HashMap<>(), step);
        }
    }

    private <E extends Exception> void descend(Root root, String directory, Map<Long, String> linked, Step<E> step)
            throws E, InterruptedException {
        for (TreeEntry entry : root.tree.list(directory)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if ((entry.mode() & TYPE) == SOCKET) {
                continue; // belongs to a process, not to a tree
            }
            String path = root.prefixed(entry.path());
            String link = entry.link();
            if (entry.links() > 1 && !entry.isDirectory()) {
                String first = linked.putIfAbsent(entry.inode(), path);
                link = first == null || !entry.isFile() ? link : first;
            }
            step.take(root, entry, stat(entry, path, link, entry.xattrs()));
            if (entry.isDirectory()) {
                descend(root, entry.path(), linked, step);
            }
        }
    }

    private FileStat stat(TreeEntry entry, String path, String link, Map<String, byte[]> xattrs) {
        return new FileStat(
                path,
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.isFile() ? entry.size() : 0,
                time.orElse(entry.modified()),
                link,
                entry.device(),
                xattrs);
    }

    @Override
    public void walk(Visitor visitor) throws InterruptedException {
        this.<RuntimeException>each((root, entry, stat) -> visitor.entry(stat));
    }

    @Override
    public InputStream open(String path) {
        for (Root root : roots) {
            if (root.name.isEmpty() || path.startsWith(root.name + "/")) {
                String inside = root.name.isEmpty() ? "/" + path : path.substring(root.name.length());
                return root.tree.open(root.tree.find(inside, false).orElseThrow(() -> gone(path)));
            }
        }
        throw gone(path);
    }

    private static ExporterFault gone(String path) {
        return new ExporterFault(Kind.NOT_FOUND, "no such file in the result: " + path);
    }

    /** The same tree as a tar; equal trees give equal bytes. */
    void writeTar(OutputStream out) throws IOException, InterruptedException {
        TarWriter tar = new TarWriter(out);
        this.<IOException>each((root, entry, stat) -> put(tar, root, entry, stat));
        tar.finish();
    }

    private static void put(TarWriter tar, Root root, TreeEntry entry, FileStat stat) throws IOException {
        boolean hard = stat.isFile() && !stat.link().isEmpty();
        TarEntry header = new TarEntry(
                stat.path(),
                hard ? TarEntry.Type.HARD_LINK : TarEntry.Type.ofMode(stat.mode()),
                stat.mode() & 07777,
                stat.uid(),
                stat.gid(),
                hard ? 0 : stat.size(),
                stat.modified(),
                stat.link(),
                stat.device(),
                hard ? Map.of() : stat.xattrs());
        if (header.type() == TarEntry.Type.FILE && header.size() > 0) {
            try (InputStream in = root.tree.open(entry)) {
                tar.put(header, in);
            }
        } else {
            tar.put(header);
        }
    }
}

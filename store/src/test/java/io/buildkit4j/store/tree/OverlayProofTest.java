package io.buildkit4j.store.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.store.budget.Budget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random changes are made twice, through WritableTree and through a real overlay mount. What either wrote must look the same
 * through LayeredTree and through the kernel. A failure names its seed.
 */
@Tag("root")
class OverlayProofTest {
    private static final String[] NAMES = {"a", "b", "c", NameBytes.decode(new byte[] {'x', (byte) 0xfe}), "é"};
    private static final String[] TARGETS = {"a", "../b", "/c/a", "..", "/", "b/c", "../../../../etc", "x"};
    private static final long TIME = 1_600_000_000_123_456_789L;

    private Path directory = Path.of("/");
    private Path mounted = Path.of("/");

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("proof");
        mounted = Files.createDirectory(directory.resolve("mounted"));
    }

    @AfterEach
    void remove() {
        FileTree.remove(directory.toString());
    }

    static long[] seeds() {
        String given = System.getProperty("seed");
        long base = given == null ? System.nanoTime() : Long.parseLong(given);
        long[] seeds = new long[given == null ? 8 : 1];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = base + i;
        }
        return seeds;
    }

    @ParameterizedTest(name = "-Dseed={0}")
    @MethodSource("seeds")
    void sameAsTheKernel(long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        List<Path> ours = new ArrayList<>();
        List<Path> kernels = new ArrayList<>();
        LayerCache cache = new LayerCache(OverlayMarks.TRUSTED, layer -> Optional.empty());
        int layers = 2 + random.nextInt(5);
        for (int i = 0; i < layers; i++) {
            Path our = Files.createDirectory(directory.resolve("our" + i));
            Path kernel = Files.createDirectory(directory.resolve("kernel" + i));
            HostFiles.setMode(our.toString(), 0755);
            HostFiles.setMode(kernel.toString(), 0755);
            WritableTree tree = new WritableTree(cache, our, ours, new Budget().reserve());
            try (Mount mount = new Mount(kernels, kernel)) {
                for (int step = 0; step < 25; step++) {
                    change(random, tree, mount.path());
                }
                assertThat(dump(tree)).as("as written").isEqualTo(dump(mount.path()));
            }
            ours.addFirst(our);
            kernels.addFirst(kernel);
            LayeredTree fresh = new LayeredTree(new LayerCache(OverlayMarks.TRUSTED, layer -> Optional.empty()), ours);
            assertThat(dump(fresh)).as("read afresh").isEqualTo(dump(tree));
        }
        compare(cache, ours, random);
        compare(cache, kernels, random);
    }

    private void compare(LayerCache cache, List<Path> layers, Random random) throws IOException, InterruptedException {
        Path scratch = Files.createDirectories(directory.resolve("upper"));
        LayeredTree tree = new LayeredTree(cache, layers);
        try (Mount mount = new Mount(layers, scratch)) {
            HostFiles.setMode(scratch.toString(), 0755);
            assertThat(dump(tree)).as("ours and the kernel's view").isEqualTo(dump(mount.path()));
            try (OpenFile root = HostFiles.openDirectory(mount.path().toString())) {
                for (int i = 0; i < 40; i++) {
                    sameResolution(tree, root, path(random) + path(random));
                }
            }
        }
        FileTree.remove(scratch.toString());
    }

    private static void sameResolution(LayeredTree tree, OpenFile root, String path) {
        Optional<Long> kernel;
        try (OpenFile open =
                HostFiles.openInside(root, path, HostFiles.Links.IN_ROOT).orElse(null)) {
            kernel = Optional.ofNullable(open).map(OpenFile::status).map(FileStatus::size);
        } catch (io.buildkit4j.linux.LinuxFault loop) {
            return;
        }
        if (path.contains("..")) {
            return; // of what does not exist, ours goes on
        }
        Optional<TreeEntry> found = tree.find(path, true);
        assertThat(found.isPresent()).as(path).isEqualTo(kernel.isPresent());
        if (found.isPresent() && found.get().isFile()) {
            assertThat(found.get().size()).as(path).isEqualTo(kernel.orElseThrow());
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
        }
        return path.toString();
    }

    private static void change(Random random, WritableTree tree, Path mount) throws IOException {
        String path = path(random);
        String parent;
        try {
            parent = tree.resolve(MergedTree.parent(path), true);
        } catch (StoreFault loop) {
            assertThat(loop).hasMessageContaining("too many levels");
            return;
        }
        if (tree.find(parent, false).filter(TreeEntry::isDirectory).isEmpty()) {
            return;
        }
        String place = (parent.equals("/") ? "" : parent) + "/" + MergedTree.name(path);
        String host = mount + place;
        Optional<TreeEntry> there = tree.find(place, false);
        Map<String, byte[]> xattrs = random.nextInt(4) == 0 ? Map.of("trusted.mine", new byte[] {0, 1}) : Map.of();
        int mode = new int[] {0644, 04755, 0700}[random.nextInt(3)];
        Attributes attributes = new Attributes(mode, random.nextInt(2) * 1000, random.nextInt(2) * 7, TIME, xattrs);
        int kind = random.nextInt(12);
        if (kind < 3 && there.isPresent()) {
            tree.remove(place);
            FileTree.remove(host);
        } else if (kind == 3 && there.isPresent()) {
            tree.setAttributes(place, attributes);
            set(host, attributes);
        } else if (kind == 4 && there.isPresent() && !there.get().isDirectory()) {
            String second = parent + "/" + NAMES[random.nextInt(NAMES.length)];
            if (!tree.resolve(second, false).equals(place)) {
                tree.makeHardLink(second, place);
                FileTree.remove(mount + second);
                HostFiles.makeHardLink(mount + second, host);
            }
        } else {
            create(random, tree, place, host, attributes);
        }
    }

    private static void create(Random random, WritableTree tree, String place, String host, Attributes attributes)
            throws IOException {
        int kind = random.nextInt(6);
        if (kind < 3) {
            if (tree.find(place, false).isPresent()) {
                if (random.nextBoolean()) {
                    return;
                }
                tree.remove(place);
                FileTree.remove(host);
            }
            tree.makeDirectory(place, attributes);
            HostFiles.makeDirectory(host, 0700);
        } else {
            FileTree.remove(host);
            if (kind == 3) {
                String target = TARGETS[random.nextInt(TARGETS.length)];
                tree.makeLink(place, target, attributes);
                HostFiles.makeLink(host, target);
            } else if (kind == 4) {
                Attributes fifo = new Attributes(
                        FileStatus.FIFO | attributes.mode(), attributes.uid(), attributes.gid(), TIME, Map.of());
                tree.makeNode(place, 0, fifo);
                HostFiles.makeNode(host, fifo.mode(), 0);
                set(host, fifo);
                return;
            } else {
                byte[] bytes = ("content " + random.nextInt(100)).getBytes(StandardCharsets.UTF_8);
                try (OutputStream out = tree.writeFile(place, attributes);
                        OpenFile file = HostFiles.create(host, 0600)) {
                    out.write(bytes);
                    file.write(bytes, 0, bytes.length);
                }
            }
        }
        set(host, attributes);
    }

    private static void set(String host, Attributes attributes) {
        HostFiles.setOwner(host, attributes.uid(), attributes.gid());
        for (String name : HostFiles.attributes(host).keySet()) {
            HostFiles.removeAttribute(host, name);
        }
        attributes.xattrs().forEach((name, value) -> HostFiles.setAttribute(host, name, value));
        if (!HostFiles.status(host).isLink()) {
            HostFiles.setMode(host, attributes.mode());
        }
        HostFiles.setModified(host, attributes.modified());
    }

    private static Map<String, String> dump(TreeReader tree) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        List<String> todo = new ArrayList<>(List.of("/"));
        while (!todo.isEmpty()) {
            for (TreeEntry entry : tree.list(todo.removeLast())) {
                String text = "";
                if (entry.isDirectory()) {
                    todo.add(entry.path());
                } else if (entry.isFile()) {
                    try (InputStream in = tree.open(entry)) {
                        text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    }
                }
                lines.put(entry.path().substring(1), line(entry, text));
            }
        }
        return lines;
    }

    private static String line(TreeEntry entry, String text) {
        return Integer.toOctalString(entry.mode()) + " " + entry.uid() + ":" + entry.gid() + " " + entry.link() + " "
                + (entry.isDirectory() ? "" : entry.modified()) + " "
                + entry.xattrs().keySet() + " " + text;
    }

    private static Map<String, String> dump(Path mount) throws IOException, InterruptedException {
        Map<String, String> lines = new TreeMap<>();
        FileTree.walk(mount.toString(), (path, status) -> {
            String host = mount + "/" + path;
            TreeEntry entry = new TreeEntry(
                    path,
                    status.mode(),
                    status.uid(),
                    status.gid(),
                    status.size(),
                    status.modified(),
                    status.isLink() ? HostFiles.readLink(host) : "",
                    status.device(),
                    0,
                    0,
                    HostFiles.attributes(host));
            lines.put(path, line(entry, status.isFile() ? read(host) : ""));
            return true;
        });
        return lines;
    }

    private static String read(String host) {
        try (InputStream in = HostFiles.open(host).input()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }

    /** A real overlay, writable into the upper directory. */
    private final class Mount implements AutoCloseable {
        private final Path work;

        Mount(List<Path> lowers, Path upper) throws IOException, InterruptedException {
            work = Files.createDirectory(directory.resolve("work"));
            List<String> all = new ArrayList<>();
            lowers.forEach(lower -> all.add(lower.toString()));
            if (all.isEmpty()) {
                all.add(Files.createDirectories(directory.resolve("empty")).toString());
            }
            String options = "lowerdir=" + String.join(":", all) + ",upperdir=" + upper + ",workdir=" + work
                    + ",redirect_dir=off,metacopy=off,index=off";
            run("mount", "-t", "overlay", "overlay", "-o", options, mounted.toString());
        }

        Path path() {
            return mounted;
        }

        @Override
        public void close() throws IOException {
            try {
                run("umount", mounted.toString());
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
            }
            FileTree.remove(work.toString());
        }

        private static void run(String... command) throws IOException, InterruptedException {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
        }
    }
}

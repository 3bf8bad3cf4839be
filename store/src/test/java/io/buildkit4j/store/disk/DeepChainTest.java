package io.buildkit4j.store.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.MountPoint;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains far longer than what the kernel stacks, compared with a model in memory: by tree and through a mount. */
@Tag("root")
class DeepChainTest {
    private static final RefDescription STEP = RefDescription.regular("step");
    private static final int LAYERS = Integer.getInteger("tests.layers", 1_300);

    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory);
    }

    @AfterEach
    void nothingStaysMounted() {
        store.close();
        List<MountPoint> left = Mounts.below(directory.toString());
        left.forEach(mount -> Mounts.detach(mount.path()));
        FileTree.remove(directory.resolve("snapshots").toString());
        FileTree.remove(directory.resolve("flat").toString());
        assertThat(left).isEmpty();
    }

    private static TreeWriter.Attributes mode(int mode, int owner) {
        return new TreeWriter.Attributes(
                mode, owner, 7, 1_000_000_007L, Map.of("user.note", ("n" + owner).getBytes(UTF_8)));
    }

    /** One change, made to the tree and to the model alike: a path is a directory where its value ends in a slash. */
    private static void change(Random random, TreeWriter tree, Map<String, String> model, int step) throws IOException {
        String top = "/d" + random.nextInt(6);
        String path = random.nextBoolean() ? top : top + "/f" + random.nextInt(5);
        boolean inside = path.length() > top.length();
        int kind = random.nextInt(4);
        String there = model.get(path);
        if (inside && !model.getOrDefault(top, "").endsWith("/")) {
            return;
        }
        if (kind == 0 && there != null) {
            tree.remove(path);
            model.keySet().removeIf(known -> known.equals(path) || known.startsWith(path + "/"));
        } else if (kind == 1 && there == null && !inside) {
            tree.makeDirectory(path, mode(0750, step));
            model.put(path, "d" + step + "/");
        } else if (kind == 2 && there != null) {
            tree.setAttributes(path, mode(there.endsWith("/") ? 0711 : 0640, step));
            model.put(path, there.replaceAll("[0-9]+", Integer.toString(step)));
        } else if (kind == 3 && (there == null || !there.endsWith("/") || random.nextInt(4) == 0)) {
            model.keySet().removeIf(known -> known.startsWith(path + "/"));
            try (OutputStream out = tree.writeFile(path, mode(0604, step))) {
                out.write(path.getBytes(UTF_8));
            }
            model.put(path, "f" + step);
        }
    }

    /** Of each path its type and owner; the contents are compared on the way. */
    private static Map<String, String> seen(TreeReader tree) throws IOException {
        Map<String, String> seen = new TreeMap<>();
        List<TreeEntry> left = new ArrayList<>(tree.list("/"));
        while (!left.isEmpty()) {
            TreeEntry entry = left.removeLast();
            seen.put(entry.path(), (entry.isDirectory() ? "d" : "f") + entry.uid() + (entry.isDirectory() ? "/" : ""));
            assertThat(new String(entry.xattrs().get("user.note"), UTF_8)).isEqualTo("n" + entry.uid());
            if (entry.isDirectory()) {
                left.addAll(tree.list(entry.path()));
            } else {
                try (InputStream in = tree.open(entry)) {
                    assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(entry.path());
                }
            }
        }
        return seen;
    }

    private static Map<String, String> seen(Path mount) throws IOException {
        Map<String, String> seen = new TreeMap<>();
        try (Stream<Path> files = Files.walk(mount)) {
            for (Path file : files.filter(file -> !file.equals(mount)).toList()) {
                boolean folder = Files.isDirectory(file);
                int owner = HostFiles.status(file.toString()).uid();
                String path = "/" + mount.relativize(file);
                seen.put(path, (folder ? "d" : "f") + owner + (folder ? "/" : ""));
                if (!folder) {
                    assertThat(file).hasContent(path);
                }
            }
        }
        return seen;
    }

    private Ref chain(Ref base, int length, Random random, Map<String, String> model)
            throws IOException, InterruptedException {
        Ref top = base.share();
        for (int step = 1; step <= length; step++) {
            try (ActiveRef active = store.begin(top, STEP)) {
                change(random, active.tree(), model, step);
                Ref next = active.commit();
                top.close();
                top = next;
            }
        }
        return top;
    }

    private static void matches(Ref ref, Map<String, String> model) throws IOException, InterruptedException {
        assertThat(seen(ref.tree())).isEqualTo(model);
        try (MountedTree mount = ref.mountReadOnly()) {
            assertThat(seen(mount.path())).isEqualTo(model);
        }
    }

    @Test
    void thousandsOfLayersAreMountedAndRead() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        System.out.println("deep chain: seed " + seed);
        Random random = new Random(seed);
        Map<String, String> model = new TreeMap<>();
        String id;
        try (Ref scratch = store.scratch();
                Ref top = chain(scratch, LAYERS, random, model)) {
            id = top.id();
            matches(top, model);
            try (ActiveRef active = store.begin(top, STEP)) {
                try (MountedTree mount = active.mount()) {
                    Files.writeString(mount.path().resolve("new"), "/new");
                    HostFiles.setAttribute(mount.path().resolve("new").toString(), "user.note", "n0".getBytes(UTF_8));
                }
                try (Ref more = active.commit()) {
                    Map<String, String> changed = new TreeMap<>(model);
                    changed.put("/new", "f0");
                    matches(more, changed);
                }
            }
        }
        store.close();
        store = Store.open(directory);
        try (Ref found = store.find(id).orElseThrow()) {
            matches(found, model);
        }
        // as after a crash
        store.close();
        Files.deleteIfExists(directory.resolve("flat/complete"));
        store = Store.open(directory);
        assertThat(directory.resolve("flat")).isEmptyDirectory();
        try (Ref found = store.find(id).orElseThrow()) {
            matches(found, model);
        }
        assertThat(directory.resolve("flat")).isNotEmptyDirectory();
    }

    @Test
    void mergesAndDifferencesOfLongChainsShowTheSame() throws IOException, InterruptedException {
        Random random = new Random(7);
        Map<String, String> below = new TreeMap<>();
        Map<String, String> model = new TreeMap<>();
        try (Ref scratch = store.scratch();
                Ref lower = chain(scratch, 70, random, below)) {
            model.putAll(below);
            try (Ref upper = chain(lower, 460, random, model);
                    Ref own = store.diff(lower, upper, STEP);
                    Ref again = store.merge(List.of(lower, own), STEP);
                    Ref twice = store.merge(List.of(upper, lower, upper), STEP)) {
                matches(upper, model);
                matches(again, model);
                matches(twice, model);
            }
        }
        List<Ref> many = new ArrayList<>();
        Map<String, String> all = new TreeMap<>();
        try (Ref scratch = store.scratch()) {
            for (int i = 0; i < 700; i++) {
                Map<String, String> one = new TreeMap<>();
                many.add(chain(scratch, 1, new Random(i), one));
                all.putAll(one);
            }
            try (Ref merged = store.merge(many, STEP)) {
                Map<String, String> found = seen(merged.tree());
                assertThat(found.keySet()).isEqualTo(all.keySet());
                try (MountedTree mount = merged.mountReadOnly()) {
                    assertThat(seen(mount.path())).isEqualTo(found);
                }
            }
        } finally {
            many.forEach(Ref::close);
        }
    }

    @Test
    void whatIsRemovedTakesItsFlatDirectoriesAlong() throws IOException, InterruptedException {
        Map<String, String> model = new TreeMap<>();
        List<String> ids = new ArrayList<>();
        try (Ref scratch = store.scratch();
                Ref top = chain(scratch, 200, new Random(1), model);
                MountedTree mount = top.mountReadOnly()) {
            assertThat(mount.path()).exists();
            assertThat(directory.resolve("flat").toFile().list()).hasSize(3);
            long flat =
                    store.usage().stream().mapToLong(record -> record.size()).sum();
            assertThat(flat).isPositive();
            store.usage().forEach(record -> ids.add(record.id()));
        }
        boolean removing = true;
        while (removing) {
            removing = false;
            for (String id : List.copyOf(ids)) {
                if (store.remove(id).isPresent()) {
                    ids.remove(id);
                    removing = true;
                }
            }
        }
        assertThat(ids).isEmpty();
        assertThat(directory.resolve("flat")).isEmptyDirectory();
        assertThat(directory.resolve("snapshots").toFile().list()).containsExactly("empty");
    }
}

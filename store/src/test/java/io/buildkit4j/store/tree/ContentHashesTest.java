package io.buildkit4j.store.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.store.budget.Budget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class ContentHashesTest {
    private Path directory = Path.of("/");
    private final List<Path> layers = new ArrayList<>();
    private LayerCache cache = cache();

    private LayerCache cache() {
        return new LayerCache(OverlayMarks.TRUSTED, layer -> Optional.of(Path.of(layer + ".hashes")));
    }

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("hashes");
    }

    @AfterEach
    void remove() {
        FileTree.remove(directory.toString());
    }

    /** Changes the tree in a new layer. */
    private interface Change {
        void to(WritableTree tree) throws IOException;
    }

    private LayeredTree layer(Change change) throws IOException {
        Path upper = Files.createDirectory(directory.resolve("layer" + layers.size()));
        HostFiles.setMode(upper.toString(), 0755);
        WritableTree tree = new WritableTree(cache, upper, layers, new Budget().reserve());
        change.to(tree);
        cache.committed(upper, tree);
        layers.addFirst(upper);
        return new LayeredTree(cache, layers);
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, System.nanoTime(), Map.of());
    }

    private static void write(WritableTree tree, String path, String text) throws IOException {
        try (OutputStream out = tree.writeFile(path, attributes(0644))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Digest all(LayeredTree tree) throws InterruptedException {
        return ContentHashes.digest(tree, ContentQuery.ALL);
    }

    private static ContentQuery path(String path) {
        return new ContentQuery(path, true, true, List.of(), List.of());
    }

    @Test
    void contentDecidesAndNothingElse() throws IOException, InterruptedException {
        Digest first = all(layer(tree -> {
            tree.makeDirectory("/d", attributes(0755));
            write(tree, "/d/a", "one");
            write(tree, "/d/b", "two");
        }));
        Digest touched = all(layer(tree -> write(tree, "/d/a", "one")));
        assertThat(touched).isEqualTo(first);
        Digest changed = all(layer(tree -> write(tree, "/d/a", "other")));
        assertThat(changed).isNotEqualTo(first);
        Digest removed = all(layer(tree -> tree.remove("/d/a")));
        assertThat(removed).isNotEqualTo(changed);
        assertThat(all(layer(tree -> write(tree, "/d/a", "one")))).isEqualTo(first);
        assertThat(all(layer(tree -> tree.setAttributes("/d/a", attributes(0600)))))
                .isNotEqualTo(first);
        assertThat(all(layer(tree -> {
                    tree.remove("/d");
                    tree.makeDirectory("/d", attributes(0755));
                    write(tree, "/d/a", "one");
                    write(tree, "/d/b", "two");
                })))
                .isEqualTo(first);
    }

    @Test
    void selectsPathsWildcardsAndPatterns() throws IOException, InterruptedException {
        LayeredTree tree = layer(made -> {
            made.makeDirectory("/src", attributes(0755));
            write(made, "/src/a.c", "a");
            write(made, "/src/b.h", "b");
            write(made, "/same", "a");
            made.makeLink("/link", "src/a.c", attributes(0777));
        });
        Digest file = ContentHashes.digest(tree, path("/src/a.c"));
        assertThat(ContentHashes.digest(tree, path("/same"))).isEqualTo(file);
        assertThat(ContentHashes.digest(tree, path("/link"))).isEqualTo(file);
        assertThat(ContentHashes.digest(tree, new ContentQuery("/link", false, false, List.of(), List.of())))
                .isNotEqualTo(file);
        assertThatThrownBy(() -> ContentHashes.digest(tree, path("/missing")))
                .isInstanceOf(StoreFault.class)
                .hasMessage("\"/missing\": not found");
        Digest sources = ContentHashes.digest(tree, path("/src/*.c"));
        ContentQuery onlyC = new ContentQuery("/src", true, false, List.of("*.c"), List.of());
        ContentQuery noHeaders = new ContentQuery("/src", true, false, List.of(), List.of("**/*.h"));
        Digest included = ContentHashes.digest(tree, onlyC);
        assertThat(ContentHashes.digest(tree, noHeaders)).isEqualTo(included);
        LayeredTree next = layer(changed -> write(changed, "/src/b.h", "changed"));
        assertThat(ContentHashes.digest(next, path("/src/*.c"))).isEqualTo(sources);
        assertThat(ContentHashes.digest(next, onlyC)).isEqualTo(included);
        assertThat(ContentHashes.digest(next, path("/src"))).isNotEqualTo(ContentHashes.digest(tree, path("/src")));
    }

    @Test
    void remembersAndDoesNotTrustATornFile() throws IOException, InterruptedException {
        LayeredTree tree = layer(made -> write(made, "/a", "one"));
        Digest digest = all(tree);
        Path memo = Path.of(layers.getFirst() + ".hashes");
        assertThat(memo).exists();
        Files.write(memo, new byte[] {0, 0, 0, 9, 1, 2, 3, 4, 5}, StandardOpenOption.APPEND);
        // what is remembered is not read again: the proof is a change that nobody may make
        Files.writeString(layers.getFirst().resolve("a"), "two");
        cache = cache();
        assertThat(all(new LayeredTree(cache, layers))).isEqualTo(digest);
        Files.write(memo, new byte[100]);
        cache = cache();
        assertThat(all(new LayeredTree(cache, layers))).isNotEqualTo(digest);
    }

    @Test
    void thirtyThousandFilesInAboutASecond() throws IOException, InterruptedException {
        Path upper = Files.createDirectory(directory.resolve("many"));
        byte[] bytes = new byte[2048];
        for (int i = 0; i < 30_000; i++) {
            if (i % 100 == 0) {
                Files.createDirectory(upper.resolve("d" + i / 100));
            }
            bytes[0] = (byte) i;
            Files.write(upper.resolve("d" + i / 100 + "/f" + i), bytes);
        }
        LayeredTree tree = new LayeredTree(cache, List.of(upper));
        long start = System.nanoTime();
        Digest digest = all(tree);
        long first = System.nanoTime() - start;
        start = System.nanoTime();
        assertThat(all(new LayeredTree(cache, List.of(upper)))).isEqualTo(digest);
        long again = System.nanoTime() - start;
        System.out.println("30,000 files: " + first / 1_000_000 + " ms, again " + again / 1_000 + " us");
        assertThat(first).isLessThan(20_000_000_000L);
        assertThat(again).isLessThan(first / 10);
        layers.add(upper);
        layers.addAll(List.of());
        LayeredTree next = layer(made -> write(made, "/d7/f700", "changed"));
        start = System.nanoTime();
        assertThat(all(next)).isNotEqualTo(digest);
        System.out.println("one changed: " + (System.nanoTime() - start) / 1_000 + " us");
    }

    @Test
    void tinyChangesOnManyLayersAreCheap() throws IOException {
        for (int i = 0; i < 100; i++) {
            int number = i;
            layer(tree -> write(tree, "/f" + number, "x"));
        }
        long start = System.nanoTime();
        for (int i = 100; i < 300; i++) {
            int number = i;
            layer(tree -> write(tree, "/f" + number, "x"));
        }
        long each = (System.nanoTime() - start) / 200;
        System.out.println("a file over 100 to 300 layers: " + each / 1000 + " us");
        assertThat(each).isLessThan(5_000_000);
    }
}

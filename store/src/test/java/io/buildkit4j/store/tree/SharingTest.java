package io.buildkit4j.store.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.store.budget.Budget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class SharingTest {
    private static final int FILES = 100;
    private static final Attributes DIRECTORY = new Attributes(040755, 0, 0, 7, Map.of());
    private static final Attributes PLAIN = new Attributes(0100644, 0, 0, 5, Map.of());

    @TempDir
    private Path folder;

    private LayerCache cache;
    private Path source;

    @BeforeEach
    void makeSource() throws IOException {
        cache = new LayerCache(
                OverlayMarks.TRUSTED,
                directory -> Optional.of(directory.resolveSibling(directory.getFileName() + ".hashes")));
        source = Files.createDirectory(folder.resolve("source"));
        WritableTree tree = writable(source);
        for (int i = 0; i < FILES; i++) {
            write(tree, "/f" + i, "file " + i);
        }
        cache.committed(source, tree);
    }

    private WritableTree writable(Path upper, Path... lowers) {
        return new WritableTree(cache, upper, List.of(lowers), new Budget().reserve());
    }

    private static void write(WritableTree tree, String path, String text) throws IOException {
        try (OutputStream out = tree.writeFile(path, PLAIN)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Path copy(String name, String directory, Path... lowers) throws IOException {
        Path upper = Files.createDirectory(folder.resolve(name));
        WritableTree tree = writable(upper, lowers);
        copyAll(tree, directory);
        cache.committed(upper, tree);
        return upper;
    }

    private void copyAll(WritableTree to, String directory) {
        to.makeDirectory(directory, DIRECTORY);
        LayeredTree from = new LayeredTree(cache, List.of(source));
        for (TreeEntry file : from.list("/")) {
            to.copyFile(from, file, directory + file.path(), PLAIN);
        }
    }

    private long shared(Path upper, String directory) {
        return HostFiles.list(upper + directory).stream()
                .filter(file ->
                        HostFiles.status(upper + directory + "/" + file.name()).links() > 1)
                .count();
    }

    @Test
    void sharesAllButTheFirst() throws IOException {
        Path upper = copy("one", "/d");
        assertThat(shared(upper, "/d")).isEqualTo(FILES - 64);
        for (int i = 0; i < FILES; i++) {
            assertThat(upper.resolve("d/f" + i)).hasContent("file " + i);
        }
        FileStatus status = HostFiles.status(upper + "/d/f9");
        assertThat(status.modified()).isEqualTo(5);
    }

    @Test
    void sharesALargeFileAlthoughItIsTheFirst() throws IOException {
        Path large = Files.createDirectory(folder.resolve("large"));
        WritableTree made = writable(large);
        write(made, "/big", "x".repeat(1 << 20));
        write(made, "/small", "x");
        cache.committed(large, made);
        Path upper = Files.createDirectory(folder.resolve("copied"));
        WritableTree tree = writable(upper);
        LayeredTree from = new LayeredTree(cache, List.of(large));
        for (TreeEntry file : from.list("/")) {
            tree.copyFile(from, file, file.path(), PLAIN);
        }
        assertThat(HostFiles.status(upper + "/big").links()).isEqualTo(2);
        assertThat(HostFiles.status(upper + "/small").links()).isEqualTo(1);
    }

    @Test
    void sharesNothingThatLooksDifferent() throws IOException {
        Path upper = Files.createDirectory(folder.resolve("other"));
        WritableTree tree = writable(upper);
        LayeredTree from = new LayeredTree(cache, List.of(source));
        for (TreeEntry file : from.list("/")) {
            tree.copyFile(from, file, file.path(), new Attributes(0100600, 0, 0, 5, Map.of()));
        }
        assertThat(shared(upper, "")).isZero();
        assertThat(tree.shares()).isFalse();
    }

    @Test
    void twoLayersThatAreSeenTogetherHaveNoFileInCommon() throws IOException {
        Path first = copy("first", "/d");
        assertThat(shared(copy("above", "/e", first), "/e")).isZero();
        assertThat(shared(copy("aboveSource", "/e", source), "/e")).isZero();
        // also when nobody remembers but the disk
        cache = new LayerCache(
                OverlayMarks.TRUSTED,
                directory -> Optional.of(directory.resolveSibling(directory.getFileName() + ".hashes")));
        assertThat(shared(copy("later", "/e", first), "/e")).isZero();
        assertThat(shared(copy("apart", "/e"), "/e")).isEqualTo(FILES - 64);
    }

    @Test
    void oneLayerSharesAFileOnce() throws IOException {
        Path upper = Files.createDirectory(folder.resolve("twice"));
        WritableTree tree = writable(upper);
        copyAll(tree, "/d");
        copyAll(tree, "/e");
        assertThat(shared(upper, "/d")).isEqualTo(FILES - 64);
        assertThat(shared(upper, "/e")).isEqualTo(64);
        assertThat(HostFiles.status(upper + "/d/f99").inode())
                .isNotEqualTo(HostFiles.status(upper + "/e/f99").inode());
    }

    @Test
    void aChangeDoesNotReachTheOther() throws IOException {
        Path upper = Files.createDirectory(folder.resolve("changed"));
        WritableTree tree = writable(upper);
        copyAll(tree, "/d");
        tree.setAttributes("/d/f99", new Attributes(0100600, 3, 4, 9, Map.of()));
        tree.makeHardLink("/again", "/d/f98");
        write(tree, "/d/f97", "new");
        tree.remove("/d/f96");
        assertThat(HostFiles.status(source + "/f99").mode()).isEqualTo(0100644);
        assertThat(HostFiles.status(upper + "/d/f99").mode()).isEqualTo(0100600);
        assertThat(upper.resolve("d/f99")).hasContent("file 99");
        assertThat(HostFiles.status(source + "/f98").links()).isOne();
        assertThat(HostFiles.status(upper + "/again").links()).isEqualTo(2);
        assertThat(source.resolve("f97")).hasContent("file 97");
        assertThat(source.resolve("f96")).hasContent("file 96");
    }

    @Test
    void aReservedFileMayBeNamedAgainReplacedAndRemovedBeforeItsBytesCome() throws IOException {
        Path upper = Files.createDirectory(folder.resolve("reserved"));
        WritableTree tree = writable(upper);
        var first = tree.reserveFile("/a", PLAIN);
        tree.reserveFile("/gone", PLAIN);
        tree.reserveFile("/replaced", PLAIN);
        tree.reserveFile("/empty", PLAIN);
        tree.makeHardLink("/b", "/a");
        tree.remove("/gone");
        write(tree, "/replaced", "now");
        try (OutputStream out = first.open()) {
            out.write("late".getBytes(StandardCharsets.UTF_8));
        }
        cache.committed(upper, tree);
        assertThat(upper.resolve("empty")).isEmptyFile();
        assertThat(upper.resolve("a")).hasContent("late");
        assertThat(upper.resolve("b")).hasContent("late");
        assertThat(upper.resolve("replaced")).hasContent("now");
        assertThat(upper.resolve("gone")).doesNotExist();
        assertThat(HostFiles.status(upper + "/a").modified()).isEqualTo(5);
    }
}

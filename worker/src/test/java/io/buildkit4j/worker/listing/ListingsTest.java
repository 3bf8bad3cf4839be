package io.buildkit4j.worker.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.FilePrint;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.worker.FileChange;
import io.buildkit4j.worker.FileChanges;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class ListingsTest {
    @TempDir
    Path folder;

    private static TreeWriter.Attributes attributes(int mode, int owner) {
        return new TreeWriter.Attributes(mode, owner, owner, 0, Map.of());
    }

    private static void file(TreeWriter tree, String path, String text, int mode) throws IOException {
        try (OutputStream out = tree.writeFile(path, attributes(mode, 0))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Ref tree(Store store, Ref parent, Change change) throws IOException, InterruptedException {
        try (ActiveRef active = store.begin(parent, RefDescription.regular("test"))) {
            change.apply(active.tree());
            return active.commit();
        }
    }

    private interface Change {
        void apply(TreeWriter tree) throws IOException;
    }

    private static void first(TreeWriter tree) throws IOException {
        tree.makeDirectory("/src", attributes(0755, 0));
        file(tree, "/src/a", "a", 0644);
        file(tree, "/src/b", "b", 0644);
        file(tree, "/gone", "x", 0644);
        file(tree, "/same", "x", 0644);
    }

    private static void second(TreeWriter tree) throws IOException {
        file(tree, "/src/a", "A", 0644);
        file(tree, "/src/b", "b", 0755);
        file(tree, "/new", "", 0644);
        tree.remove("/gone");
    }

    @Test
    void namesEachChangeEvenWhenTheOldTreeIsGone() throws IOException, InterruptedException {
        Path lists = folder.resolve("listings");
        try (Store store = Store.open(folder.resolve("store"));
                Listings listings = new Listings(lists);
                Ref scratch = store.scratch()) {
            Digest before;
            Digest after;
            try (Ref old = tree(store, scratch, ListingsTest::first)) {
                before = old.contentDigest(ContentQuery.ALL);
                listings.keep(before, old);
                try (Ref now = tree(store, old, ListingsTest::second)) {
                    after = now.contentDigest(ContentQuery.ALL);
                    listings.keep(after, now);
                }
            }
            FileChanges all = listings.compare(before, after, "").orElseThrow();
            assertThat(all.total()).isEqualTo(4);
            assertThat(all.changes())
                    .containsExactly(
                            new FileChange("gone", FileChange.Kind.REMOVED, "", ""),
                            new FileChange("new", FileChange.Kind.ADDED, "", ""),
                            new FileChange("src/a", FileChange.Kind.CONTENT, "", ""),
                            new FileChange("src/b", FileChange.Kind.MODE, "0644", "0755"));
            ContentQuery some = new ContentQuery("/src", true, true, List.of(), List.of("b"));
            FileChanges selected = listings.compare(before, after, Selection.text(List.of(some)))
                    .orElseThrow();
            assertThat(selected.changes()).extracting(FileChange::path).containsExactly("src/a");
            assertThat(listings.compare(before, Digest.ofText("unknown"), "")).isEmpty();
        }
        try (Stream<Path> kept = Files.list(lists)) {
            assertThat(kept).hasSize(2);
        }
    }

    @Test
    void aDamagedListingIsAbsent() throws IOException {
        Path file = folder.resolve("listing");
        List<FilePrint> prints =
                List.of(new FilePrint("/", 040755, 0, 0, 0), new FilePrint("/name", 0100644, 1, 2, 77));
        ListingFile.write(file, prints);
        assertThat(ListingFile.read(file)).isEqualTo(Optional.of(prints));
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 10; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 0x20;
            Files.write(file, damaged);
            Optional<List<FilePrint>> read = ListingFile.read(file);
            assertThat(read.isEmpty() || read.get().equals(prints))
                    .as("byte %d", i)
                    .isTrue();
        }
        Files.write(file, new byte[0]);
        assertThat(ListingFile.read(file)).isEmpty();
        assertThat(ListingFile.read(folder.resolve("absent"))).isEmpty();
    }

    @Test
    void selectionsSelectWhatQueriesDo() {
        String sources = Selection.text(List.of(
                new ContentQuery("/*.c", true, true, List.of(), List.of()),
                new ContentQuery("/lib", false, false, List.of("**/*.h"), List.of("old"))));
        assertThat(List.of("/main.c", "/lib/a.h", "/lib/x/b.h", "/lib").stream())
                .allMatch(Selection.matcher(sources));
        assertThat(List.of("/main.h", "/lib/a.c", "/lib/old/b.h", "/x/main.c", "/library/a.h").stream())
                .noneMatch(Selection.matcher(sources));
        assertThat(Selection.matcher("")).accepts("/anything");
        assertThat(Selection.text(List.of(new ContentQuery("/a\tb\nc\\", true, false, List.of(), List.of()))))
                .isEqualTo("/a\\tb\\nc\\\\");
    }
}

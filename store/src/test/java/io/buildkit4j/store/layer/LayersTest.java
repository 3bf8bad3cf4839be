package io.buildkit4j.store.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarReader;
import io.buildkit4j.image.TarWriter;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class LayersTest {
    private static final long TIME = 1_234_567_890_123_456_789L;

    @TempDir
    Path directory;

    private Store store;
    private final Map<Digest, byte[]> remote = new HashMap<>();
    private final AtomicInteger fetched = new AtomicInteger();

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        store.close();
        FileTree.remove(directory.resolve("state").toString());
    }

    /** Writes tars for tests. */
    private static final class Layer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarWriter tar = new TarWriter(bytes);

        Layer entry(String name, TarEntry.Type type, int mode, String link) throws IOException {
            tar.put(new TarEntry(name, type, mode, 7, 8, 0, TIME, link, 0, Map.of()));
            return this;
        }

        Layer directory(String name, int mode) throws IOException {
            return entry(name, TarEntry.Type.DIRECTORY, mode, "");
        }

        Layer file(String name, String text, Map<String, byte[]> xattrs) throws IOException {
            byte[] content = text.getBytes(UTF_8);
            tar.put(
                    new TarEntry(name, TarEntry.Type.FILE, 04755, 7, 8, content.length, TIME, "", 0, xattrs),
                    new ByteArrayInputStream(content));
            return this;
        }

        Layer file(String name, String text) throws IOException {
            return file(name, text, Map.of());
        }

        byte[] bytes() throws IOException {
            tar.finish();
            return bytes.toByteArray();
        }
    }

    private LayerBlob blob(Layer layer, Compression compression) throws IOException {
        byte[] tar = layer.bytes();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = compression.compress(packed, -1)) {
            out.write(tar);
        }
        return blob(packed.toByteArray(), Digest.of(tar), MediaTypes.of(compression, true));
    }

    private LayerBlob blob(byte[] packed, Digest diffId, String mediaType) {
        Digest digest = Digest.of(packed);
        remote.put(digest, packed);
        return new LayerBlob(Descriptor.of(mediaType, digest, packed.length), diffId, Optional.empty(), "");
    }

    private InputStream open(Descriptor blob, long offset) {
        fetched.incrementAndGet();
        return new ByteArrayInputStream(remote.get(blob.digest()));
    }

    private Ref unpack(LayerBlob... layers) throws InterruptedException {
        return store.unpack(List.of(layers), this::open, TransferListener.SILENT);
    }

    private static List<String> names(Ref ref, String directory) throws InterruptedException {
        return ref.tree().list(directory).stream().map(TreeEntry::name).toList();
    }

    // departs from MethodLength: two layers and the tree that they make, read side by side
    @Test
    void appliesWhatLayersSay() throws IOException, InterruptedException {
        LayerBlob base = blob(
                new Layer()
                        .directory("tmp", 01777)
                        .directory("etc", 0750)
                        .file("etc/a", "a")
                        .file("etc/b", "b")
                        .directory("opaque", 0755)
                        .file("opaque/old", "o")
                        .directory("replaced", 0755)
                        .file("replaced/old", "o")
                        .entry("hard", TarEntry.Type.HARD_LINK, 0, "etc/a")
                        .entry("soft", TarEntry.Type.LINK, 0777, "/etc/b"),
                Compression.GZIP);
        LayerBlob changes = blob(
                new Layer()
                        .file("etc/.wh.a", "")
                        .file("opaque/.wh..wh..opq", "")
                        .file("opaque/new", "n")
                        .file(".wh.replaced", "")
                        .directory("replaced", 0711)
                        .file("tmp/deep/er", "implied", Map.of("user.x", new byte[] {0, (byte) 0xff}))
                        .entry("etc/again", TarEntry.Type.HARD_LINK, 0, "etc/b")
                        .entry("pipe", TarEntry.Type.FIFO, 0600, ""),
                Compression.ZSTD);
        try (Ref ref = unpack(base, changes);
                MountedTree mount = ref.mountReadOnly()) {
            assertThat(names(ref, "/")).containsExactly("etc", "hard", "opaque", "pipe", "replaced", "soft", "tmp");
            assertThat(names(ref, "/etc")).containsExactly("again", "b");
            assertThat(names(ref, "/opaque")).containsExactly("new");
            assertThat(names(ref, "/replaced")).isEmpty();
            assertThat(mount.path().resolve("opaque/old")).doesNotExist();
            assertThat(mount.path().resolve("replaced/old")).doesNotExist();
            assertThat(mount.path().resolve("etc/again")).hasContent("b");
            TreeEntry file = ref.tree().find("/tmp/deep/er", false).orElseThrow();
            assertThat(file.mode() & 07777).isEqualTo(04755);
            assertThat(file.uid()).isEqualTo(7);
            assertThat(file.modified()).isEqualTo(TIME);
            assertThat(file.xattrs())
                    .hasEntrySatisfying("user.x", value -> assertThat(value).containsExactly(0, 0xff));
            // only passed by the second layer, so still what the first says
            TreeEntry tmp = ref.tree().find("/tmp", false).orElseThrow();
            assertThat(tmp.mode() & 07777).isEqualTo(01777);
            assertThat(tmp.modified()).isEqualTo(TIME);
            assertThat(ref.tree().find("/etc", false).orElseThrow().mode() & 07777)
                    .isEqualTo(0750);
        }
    }

    @Test
    void sharesChainsAndBlobs() throws IOException, InterruptedException {
        LayerBlob one = blob(new Layer().file("one", "1"), Compression.GZIP);
        LayerBlob two = blob(new Layer().file("two", "2"), Compression.GZIP);
        LayerBlob three = blob(new Layer().file("three", "3"), Compression.GZIP);
        try (Ref first = unpack(one, two);
                Ref again = unpack(one, two);
                Ref other = unpack(one, three)) {
            assertThat(again.id()).isEqualTo(first.id());
            assertThat(fetched).hasValue(3);
            assertThat(store.usage()).hasSize(3);
            assertThat(store.layers(other, LayerFormat.GZIP))
                    .extracting(LayerBlob::blob)
                    .containsExactly(one.blob(), three.blob());
        }
        store.close();
        store = Store.open(directory.resolve("state"));
        unpack(one, two).close();
        assertThat(fetched).hasValue(3);
    }

    @Test
    void hostileEntriesStayInside() throws IOException, InterruptedException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        LayerBlob layer = blob(
                new Layer()
                        .file("../../climbs", "x")
                        .file("/absolute", "x")
                        .entry("out", TarEntry.Type.LINK, 0777, outside.toString())
                        .file("out/through", "x")
                        .entry("up", TarEntry.Type.LINK, 0777, "../../../..")
                        .file("up/stairs", "x")
                        .entry("circle", TarEntry.Type.LINK, 0777, "up")
                        .file("circle/round", "x"),
                Compression.NONE);
        try (Ref ref = unpack(layer)) {
            assertThat(outside).isEmptyDirectory();
            assertThat(names(ref, "/")).contains("climbs", "absolute", "stairs", "round");
            assertThat(ref.tree().find(outside + "/through", false)).isPresent();
        }
        LayerBlob loop = blob(
                new Layer()
                        .entry("a", TarEntry.Type.LINK, 0777, "b")
                        .entry("b", TarEntry.Type.LINK, 0777, "a")
                        .file("a/x", ""),
                Compression.NONE);
        assertThatThrownBy(() -> unpack(loop)).isInstanceOf(StoreFault.class).hasMessageContaining("circles");
        assertThat(store.usage()).hasSize(1);
    }

    @Test
    void refusesWhatIsNotWhatItPromises() throws IOException {
        LayerBlob good = blob(new Layer().file("a", "1"), Compression.GZIP);
        LayerBlob wrong = new LayerBlob(good.blob(), Digest.ofText("something else"), Optional.empty(), "");
        assertThatThrownBy(() -> unpack(wrong)).isInstanceOf(StoreFault.class).hasMessageContaining("promises");
        assertThat(store.usage()).isEmpty();
    }

    @Test
    void writesWhatItselfCanRead() throws IOException, InterruptedException {
        try (Ref scratch = store.scratch();
                ActiveRef base = store.begin(scratch, RefDescription.regular("base"))) {
            String longName = "n".repeat(200) + "/" + "m".repeat(200);
            try (MountedTree mount = base.mount()) {
                Files.createDirectories(mount.path().resolve(longName).getParent());
                Files.writeString(mount.path().resolve(longName), "long");
                Files.createLink(mount.path().resolve("second"), mount.path().resolve(longName));
                Files.writeString(mount.path().resolve("gone"), "g");
                Files.createDirectories(mount.path().resolve("dir/sub"));
            }
            try (Ref first = base.commit();
                    ActiveRef changes = store.begin(first, RefDescription.regular("changes"))) {
                try (MountedTree mount = changes.mount()) {
                    Files.delete(mount.path().resolve("gone"));
                    Files.delete(mount.path().resolve("dir/sub"));
                    Files.delete(mount.path().resolve("dir"));
                    Files.createDirectory(mount.path().resolve("dir"));
                    Files.writeString(mount.path().resolve("dir/new"), "n");
                }
                try (Ref second = changes.commit()) {
                    List<LayerBlob> layers = store.layers(second, LayerFormat.GZIP);
                    assertThat(layers).extracting(LayerBlob::description).containsExactly("base", "changes");
                    assertThat(entries(layers.getFirst()))
                            .contains("second", "n".repeat(200) + "/" + "m".repeat(200), "gone", "dir/sub");
                    assertThat(entries(layers.getLast()))
                            .containsExactly("dir", "dir/.wh..wh..opq", "dir/new", ".wh.gone");
                    assertThat(store.layers(second, LayerFormat.GZIP)).isEqualTo(layers);
                    roundTrip(second, layers);
                }
            }
        }
    }

    private void roundTrip(Ref ref, List<LayerBlob> layers) throws IOException, InterruptedException {
        Digest wanted = ref.contentDigest(io.buildkit4j.store.ContentQuery.ALL);
        try (Store other = Store.open(directory.resolve("other"));
                Ref again = other.unpack(layers, store.content(), TransferListener.SILENT)) {
            assertThat(again.contentDigest(io.buildkit4j.store.ContentQuery.ALL))
                    .isEqualTo(wanted);
        } finally {
            FileTree.remove(directory.resolve("other").toString());
        }
    }

    private List<String> entries(LayerBlob layer) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        try (InputStream in = Compression.decompressed(store.content().open(layer.blob()))) {
            TarReader reader = new TarReader(in);
            for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                names.add(entry.get().name());
            }
        }
        return names;
    }

    @Test
    void convertsOnlyWhenForced() throws IOException, InterruptedException {
        LayerBlob layer = blob(new Layer().file("a", "1".repeat(10_000)), Compression.GZIP);
        try (Ref ref = unpack(layer)) {
            LayerFormat zstd = new LayerFormat(LayerFormat.Method.ZSTD, -1, false, false);
            LayerBlob kept = store.layers(ref, zstd).getFirst();
            assertThat(kept.blob().digest()).isEqualTo(layer.blob().digest());
            assertThat(kept.blob().mediaType()).isEqualTo("application/vnd.docker.image.rootfs.diff.tar.gzip");
            LayerFormat forced = new LayerFormat(LayerFormat.Method.ZSTD, -1, true, true);
            LayerBlob converted = store.layers(ref, forced).getFirst();
            assertThat(converted.blob().mediaType()).isEqualTo("application/vnd.oci.image.layer.v1.tar+zstd");
            assertThat(converted.diffId()).isEqualTo(layer.diffId());
        }
    }

    @Test
    void packsAgainForAnotherLevelOnlyWhenForced() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(i * 7919L % 10_007).append(' ');
        }
        LayerBlob layer = blob(new Layer().file("a", text.toString()), Compression.NONE);
        try (Ref ref = unpack(layer)) {
            LayerBlob first = store.layers(ref, gzip(0, true)).getFirst();
            LayerBlob kept = store.layers(ref, gzip(9, false)).getFirst();
            LayerBlob again = store.layers(ref, gzip(9, true)).getFirst();
            assertThat(kept.blob()).isEqualTo(first.blob());
            assertThat(again.blob().size()).isLessThan(first.blob().size());
            assertThat(again.diffId()).isEqualTo(layer.diffId());
            assertThat(store.layers(ref, gzip(0, true)).getFirst().blob()).isEqualTo(first.blob());
            assertThat(store.layers(ref, gzip(-1, true)).getFirst().blob().size())
                    .isBetween(again.blob().size(), first.blob().size());
        }
    }

    private static LayerFormat gzip(int level, boolean force) {
        return new LayerFormat(LayerFormat.Method.GZIP, level, force, true);
    }
}

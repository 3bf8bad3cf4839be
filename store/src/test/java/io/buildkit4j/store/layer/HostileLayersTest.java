package io.buildkit4j.store.layer;

import static io.buildkit4j.store.layer.LayerFixture.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarWriter;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.budget.Budget;
import io.buildkit4j.store.layer.LayerFixture.Tar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Layers of somebody who means harm: refused or contained, and nothing of them is left. */
@Tag("root")
class HostileLayersTest {
    @TempDir
    Path directory;

    private LayerFixture layers;

    @BeforeEach
    void open() {
        layers = new LayerFixture(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        layers.close();
    }

    private void refused(LayerBlob layer, Kind kind, String why) throws IOException {
        assertThatThrownBy(() -> layers.unpack(layer))
                .isInstanceOfSatisfying(
                        StoreFault.class, fault -> assertThat(fault.kind()).isEqualTo(kind))
                .hasMessageContaining(layer.blob().digest().toString())
                .hasMessageContaining(why);
        assertThat(layers.store.usage()).isEmpty();
        try (var left = Files.list(directory.resolve("state/snapshots"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("empty");
        }
    }

    @Test
    void bothWaysOfLeadingALinkOutStayInside() throws IOException, InterruptedException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("precious"), "kept");
        LayerBlob layer = layers.blob(new Tar()
                .link("door", outside.toString())
                .file("door/.wh.precious", "")
                .file("door/.wh..wh..opq", "")
                .hardLink("stolen", "door/precious")
                .link("file", precious.toString())
                .file("file", "overwritten"));
        refused(layer, Kind.INVALID_ARGUMENT, "nowhere");
        LayerBlob rest = layers.blob(new Tar()
                .link("door", outside.toString())
                .file("door/.wh.precious", "")
                .link("file", precious.toString())
                .file("file", "overwritten")
                .file("../../../../.." + outside + "/climbed", "x"));
        layers.unpack(rest).close();
        assertThat(precious).hasContent("kept");
        assertThat(outside.toFile().list()).containsExactly("precious");
    }

    @Test
    void aBombStopsWhenItIsClearlyOne() throws IOException {
        byte[] pattern = new byte[1 << 20];
        Arrays.fill(pattern, (byte) 'x');
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = Compression.ZSTD.compress(packed, 1)) {
            long size = 40L << 30;
            TarWriter tar = new TarWriter(out);
            tar.put(TarEntry.of("bomb", TarEntry.Type.FILE, 0644, size));
            // enough that the reader gives up before the rest is missed
            for (int i = 0; i < 1100; i++) {
                tar.write(pattern, 0, pattern.length);
            }
        }
        assertThat(packed.size()).isLessThan(1 << 20);
        refused(
                layers.blob(packed.toByteArray(), Digest.ofText("?"), Compression.ZSTD),
                Kind.RESOURCE_EXHAUSTED,
                "bomb");
    }

    @Test
    void zerosTakeNoRoom() throws IOException, InterruptedException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        TarWriter writer = new TarWriter(tar);
        int size = 64 << 20;
        writer.put(TarEntry.of("zeros", TarEntry.Type.FILE, 0644, size));
        writer.write(new byte[size], 0, size);
        writer.finish();
        try (Ref ref = layers.unpack(layers.blob(tar.toByteArray(), Compression.ZSTD))) {
            assertThat(LayerFixture.at(ref, "/zeros").size()).isEqualTo(size);
            assertThat(layers.store.usage().getFirst().size()).isLessThan(1 << 20);
        }
    }

    @Test
    void sizesThatLieAreNoticed() throws IOException {
        byte[] tar = new Tar().file("a", "x".repeat(2000)).bytes();
        refused(layers.blob(Arrays.copyOf(tar, 1024), Compression.GZIP), Kind.INVALID_ARGUMENT, "ends in the middle");
        ByteArrayOutputStream huge = new ByteArrayOutputStream();
        new TarWriter(huge).put(TarEntry.of("a", TarEntry.Type.FILE, 0644, 1L << 50));
        refused(layers.blob(huge.toByteArray(), Compression.GZIP), Kind.RESOURCE_EXHAUSTED, "1 TiB");
        LayerBlob good = layers.blob(new Tar().file("a", "x"));
        Descriptor blob = good.blob();
        for (long size : new long[] {blob.size() - 1, blob.size() + 1}) {
            Descriptor lying = Descriptor.of(blob.mediaType(), blob.digest(), size);
            refused(new LayerBlob(lying, good.diffId(), Optional.empty(), ""), Kind.DATA_LOSS, "bytes");
        }
    }

    @Test
    void aBlobThatWasTamperedWithIsToldByItsDigest() throws IOException {
        LayerBlob layer = layers.blob(new Tar().file("a", "x".repeat(100_000)));
        byte[] bytes = new byte[(int) layer.blob().size()];
        Arrays.fill(bytes, (byte) 7);
        layers.replace(layer, bytes);
        refused(layer, Kind.DATA_LOSS, "what came for " + layer.blob().digest());
    }

    @Test
    void whatIsRememberedIsBounded() throws IOException {
        Tar tar = new Tar();
        for (int i = 0; i < 100; i++) {
            tar.file("files-are-not-" + i, "").link("l" + i, "t".repeat(4000));
        }
        LayerReader reader = new LayerReader(
                Files.createDirectory(directory.resolve("layer")),
                new LayerLimits(1 << 20, new Budget().reserve(), 50 * 8200));
        ByteArrayInputStream in = new ByteArrayInputStream(tar.bytes());
        assertThatThrownBy(() -> reader.apply(in))
                .isInstanceOf(StoreFault.class)
                .hasMessageContaining("more directories, links and whiteouts");
        assertThat(directory.resolve("layer/files-are-not-48")).exists();
        assertThat(directory.resolve("layer/files-are-not-52")).doesNotExist();
    }

    /** Takes minutes; run it with {@code -Dlayers.long=true}. */
    @Test
    @EnabledIfSystemProperty(named = "layers.long", matches = "true")
    void aMillionEntriesAreTaken() throws IOException, InterruptedException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        java.security.MessageDigest hash = Digest.sha256();
        try (OutputStream out = new java.security.DigestOutputStream(Compression.ZSTD.compress(packed, 1), hash)) {
            TarWriter tar = new TarWriter(out);
            for (int i = 0; i < 1_000_000; i++) {
                tar.put(TarEntry.of("d" + i / 1000 + "/f" + i, TarEntry.Type.FILE, 0644, 0));
            }
            tar.finish();
        }
        LayerBlob layer = layers.blob(packed.toByteArray(), Digest.ofHash(hash.digest()), Compression.ZSTD);
        try (Ref ref = layers.unpack(layer)) {
            assertThat(names(ref, "/d999")).hasSize(1000);
        }
    }
}

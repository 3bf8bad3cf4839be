package io.buildkit4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLayoutTest {
    @TempDir
    Path directory;

    private ImageLayout layout;
    private byte[] tar;

    @BeforeEach
    void make() throws IOException {
        layout = ImageLayout.make(directory.resolve("layout"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter writer = new TarWriter(out);
        writer.put(TarEntry.of("a", TarEntry.Type.FILE, 0644, 1), new ByteArrayInputStream(new byte[1]));
        writer.finish();
        tar = out.toByteArray();
    }

    private Descriptor put(String mediaType, byte[] bytes) {
        Descriptor blob = Descriptor.of(mediaType, Digest.of(bytes), bytes.length);
        layout.put(blob, new ByteArrayInputStream(bytes));
        return blob;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = Compression.GZIP.compress(packed, -1)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private Descriptor image(String layerType, byte[] layer, Digest diffId) {
        ImageConfig config = ImageConfig.minimal(Platform.parse("linux/amd64")).withLayers(List.of(diffId), List.of());
        Manifest manifest = new Manifest(
                MediaTypes.OCI_MANIFEST,
                put(MediaTypes.OCI_CONFIG, config.bytes()),
                List.of(put(layerType, layer)),
                Map.of());
        return put(MediaTypes.OCI_MANIFEST, manifest.bytes());
    }

    private List<String> problems() throws InterruptedException {
        return ImageValidator.layout(directory.resolve("layout"));
    }

    @Test
    void aWholeImageHasNoProblems() throws IOException, InterruptedException {
        Descriptor image = image(MediaTypes.OCI_LAYER + "+gzip", gzip(tar), Digest.of(tar));
        layout.name(image, List.of("one", "two"));
        layout.name(image, List.of("one"));
        assertThat(problems()).isEmpty();
        assertThat(layout.index().manifests()).hasSize(2);
        assertThat(layout.find("two").orElseThrow().digest()).isEqualTo(image.digest());
        assertThat(layout.find(image.digest().toString())).isPresent();
        assertThat(layout.find("three")).isEmpty();
        assertThat(ImageLayout.open(layout.directory()).has(image)).isTrue();
        Descriptor index = put(
                MediaTypes.OCI_INDEX,
                new Index(MediaTypes.OCI_INDEX, List.of(image.withPlatform(Platform.parse("linux/amd64"))), Map.of())
                        .bytes());
        layout.name(index, List.of("all"));
        assertThat(problems()).isEmpty();
    }

    @Test
    void everythingThatIsWrongIsNamed() throws IOException, InterruptedException {
        Digest other = Digest.ofText("other");
        check(image(MediaTypes.OCI_LAYER + "+gzip", gzip(tar), other), "the configuration says " + other);
        check(image(MediaTypes.OCI_LAYER + "+zstd", gzip(tar), Digest.of(tar)), "packed as GZIP");
        check(image(MediaTypes.DOCKER_LAYER + ".gzip", gzip(tar), Digest.of(tar)), "mixes");
        check(
                image(
                        MediaTypes.OCI_LAYER,
                        "no tar".repeat(200).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        other),
                "damaged tar");
        Descriptor good = image(MediaTypes.OCI_LAYER, tar, Digest.of(tar));
        check(Descriptor.of(good.mediaType(), good.digest(), good.size() + 1), "bytes, not");
        check(Descriptor.of(MediaTypes.DOCKER_MANIFEST, good.digest(), good.size()), "calls itself");
        check(Descriptor.of(good.mediaType(), other, 1), "has no blob " + other);
        check(
                put(
                        MediaTypes.OCI_INDEX,
                        new Index(
                                        MediaTypes.OCI_INDEX,
                                        List.of(good.withPlatform(Platform.parse("linux/arm64"))),
                                        Map.of())
                                .bytes()),
                "is for linux/amd64, but the index says linux/arm64");
        Files.write(directory.resolve("layout/blobs/sha256/" + good.digest().hex()), new byte[(int) good.size()]);
        assertThat(problems()).anySatisfy(problem -> assertThat(problem).contains("has the digest"));
    }

    private void check(Descriptor image, String problem) throws InterruptedException {
        assertThat(new ImageValidator(layout).validate(image))
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    @Test
    void whatIsNotWhatItShouldBeIsNotTaken() throws IOException {
        Descriptor wrong = Descriptor.of(MediaTypes.OCI_LAYER, Digest.ofText("other"), tar.length);
        assertThatThrownBy(() -> layout.put(wrong, new ByteArrayInputStream(tar)))
                .isInstanceOf(ImageFault.class)
                .hasMessageContaining("what came for");
        try (var left = Files.walk(directory.resolve("layout"))) {
            assertThat(left.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("oci-layout", "index.json");
        }
        assertThatThrownBy(() -> ImageLayout.open(directory)).hasMessageContaining("is no OCI image layout");
        assertThat(Optional.of(layout).map(ImageLayout::index).map(Index::manifests))
                .contains(List.of());
    }
}

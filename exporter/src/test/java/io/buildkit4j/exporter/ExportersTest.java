package io.buildkit4j.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.ImageValidator;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarReader;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.FileStat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportersTest {
    private static final Platform AMD64 = Platform.of("linux", "amd64", "");

    @TempDir
    Path scratch;

    private final RecordingClient client = new RecordingClient();
    private final Registries registries = new Registries(Map.of());
    private Store store;

    @BeforeEach
    void open() {
        store = openStore();
    }

    @AfterEach
    void close() {
        registries.close();
    }

    /** The store that is exported from; its content is below {@code scratch/content}. */
    Store openStore() {
        return new MemoryStore(scratch.resolve("content"));
    }

    /** A result in that store, the same in every kind of store. */
    Ref tree() throws InterruptedException {
        return new MemoryTree()
                .directory("/b")
                .file("/b/a", "hello", "/b/z")
                .node("/b/link", 0120777, "a", 0)
                .node("/b/null", 0020666, "", TarEntry.device(1, 3))
                .node("/b/socket", 0140755, "", 0)
                .file("/b!", "x");
    }

    private ExportInput input() throws InterruptedException {
        return ExportInput.of(new PlatformResult(AMD64, tree(), Optional.empty()));
    }

    private Exported export(String type, Map<String, String> attributes, ExportInput input)
            throws InterruptedException {
        Exported exported = new Exporters(store, registries)
                .export(ExportSpec.parse(type, attributes, 0), input, new ExportContext(Optional.of(client), client));
        if (exported.image().isPresent()) {
            assertThat(new ImageValidator(store.content())
                            .validate(exported.image().get()))
                    .isEmpty();
        }
        return exported;
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void filesGoToTheClientAsTheyAre() throws InterruptedException {
        export("local", Map.of("dest", "x"), input());
        assertThat(client.stats.stream().map(FileStat::path))
                .containsExactly("b", "b/a", "b/link", "b/null", "b/z", "b!");
        FileStat file = client.stats.get(1);
        assertThat(file.mode()).isEqualTo(0104755);
        assertThat(file.uid()).isEqualTo(7);
        assertThat(file.modified()).isEqualTo(MemoryTree.TIME);
        assertThat(file.xattrs().get("user.x")).isEqualTo(new byte[] {0, -1});
        assertThat(client.stats.get(2).link()).isEqualTo("a");
        assertThat(client.stats.get(3).device()).isEqualTo(TarEntry.device(1, 3));
        assertThat(client.stats.get(4).link()).isEqualTo("b/a");
        assertThat(client.contents).containsOnlyKeys("b/a", "b!");
        assertThat(client.contents.get("b/a")).asString().isEqualTo("hello");
    }

    @Test
    void eachPlatformHasADirectoryAndAnEpochAppliesToAll() throws InterruptedException {
        ExportInput two = new ExportInput(
                List.of(
                        new PlatformResult(Platform.of("linux", "arm", "v7"), tree(), Optional.empty()),
                        new PlatformResult(AMD64, tree(), Optional.empty())),
                true,
                Optional.empty());
        export("local", Map.of("source-date-epoch", "5"), two);
        assertThat(client.stats.getFirst().path()).isEqualTo("linux_amd64");
        assertThat(client.stats.getFirst().isDirectory()).isTrue();
        assertThat(client.stats.stream().map(FileStat::path)).contains("linux_arm_v7/b/a");
        assertThat(client.contents.get("linux_arm_v7/b/a")).asString().isEqualTo("hello");
        assertThat(client.stats).allMatch(stat -> stat.modified() == 5_000_000_000L);
    }

    @Test
    void aTarHoldsTheTree() throws IOException, InterruptedException {
        export("tar", Map.of(), input());
        assertThat(client.completed).isTrue();
        TarReader tar = new TarReader(new ByteArrayInputStream(client.stream.toByteArray()));
        List<String> seen = new ArrayList<>();
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            seen.add(entry.get().type() + " " + entry.get().name() + " "
                    + entry.get().link());
        }
        assertThat(seen)
                .containsExactly(
                        "DIRECTORY b ",
                        "FILE b/a ",
                        "LINK b/link a",
                        "CHARACTER_DEVICE b/null ",
                        "HARD_LINK b/z b/a",
                        "FILE b! ");
    }

    @ParameterizedTest
    @CsvSource({"oci,gzip", "oci,uncompressed", "oci,zstd", "docker,gzip", "docker,uncompressed"})
    void archivesAreAcceptedBySkopeo(String type, String compression) throws IOException, InterruptedException {
        Exported exported = export(type, Map.of("name", "example.com/app:v1", "compression", compression), input());
        Path file = scratch.resolve("a.tar");
        Files.write(file, client.stream.toByteArray());
        // The docker archive's index has Docker's media types, which skopeo reads through manifest.json only.
        boolean oci = type.equals("oci");
        String source = oci ? "oci-archive:a.tar:v1" : "docker-archive:a.tar:example.com/app:v1";
        run("skopeo", "copy", source, "dir:" + scratch.resolve("copy"));
        assertThat(run("skopeo", "inspect", source))
                .contains(
                        oci ? "\"Digest\": \"" + exported.image().orElseThrow().digest() : "\"Layers\"");
        assertThat(client.targets.getFirst().metadata()).containsEntry("image.name", "example.com/app:v1");
    }

    @Test
    void umociUnpacksAnArchive() throws IOException, InterruptedException {
        export("oci", Map.of("name", "app:v1"), input());
        Files.createDirectories(scratch.resolve("layout"));
        Files.write(scratch.resolve("a.tar"), client.stream.toByteArray());
        run("tar", "-xf", "a.tar", "-C", "layout");
        run("umoci", "unpack", "--rootless", "--image", "layout:v1", "bundle");
        assertThat(scratch.resolve("bundle/rootfs/b/z")).hasContent("hello");
        run("rm", "-rf", "bundle");
    }

    @Test
    void twoExportsOfOneResultAreEqual() throws InterruptedException {
        ExportInput input = input();
        Map<String, String> attributes = Map.of("name", "app:v1", "annotation.z", "1", "annotation.a", "2");
        export("oci", attributes, input);
        byte[] first = client.stream.toByteArray();
        client.stream.reset();
        export("oci", attributes, input);
        assertThat(Digest.of(client.stream.toByteArray())).isEqualTo(Digest.of(first));
    }

    @Test
    void theConfigurationIsCompletedFromTheLayers() throws InterruptedException {
        ImageConfig config = ImageConfig.minimal(AMD64)
                .withUser("me")
                .withHistory(List.of(new ImageConfig.History(Optional.empty(), "ENV A=b", "", "", true)));
        Exported exported = export(
                "image",
                Map.of("name", "app:v1", "annotation-manifest.k", "v"),
                ExportInput.of(new PlatformResult(AMD64, tree(), Optional.of(config))));
        Manifest manifest =
                Manifest.parse(store.content().bytes(exported.image().orElseThrow()));
        assertThat(manifest.annotations()).containsEntry("k", "v");
        ImageConfig made = ImageConfig.parse(store.content().bytes(manifest.config()));
        assertThat(made.user()).isEqualTo("me");
        assertThat(made.diffIds()).hasSize(1);
        assertThat(made.history()).hasSize(2);
        assertThat(made.history()).allMatch(step -> step.created().equals(made.created()));
        assertThat(made.history().get(1).createdBy()).isEqualTo("the only step");
        assertThat(made.created()).isPresent();
        assertThat(exported.response())
                .containsEntry(
                        "containerimage.config.digest",
                        manifest.config().digest().toString())
                .containsEntry("image.name", "docker.io/library/app:v1")
                .containsKeys("containerimage.digest", "containerimage.descriptor");
    }

    @Test
    void theStoreIsALayoutThatNamesTheImage() throws IOException, InterruptedException {
        export("image", Map.of("name", "app:v1,other/app:v2"), input());
        Exported second = export("image", Map.of("name", "app:v1", "compression", "uncompressed"), input());
        assertThat(run("skopeo", "inspect", "oci:content:docker.io/library/app:v1"))
                .contains(second.image().orElseThrow().digest().toString());
        Index index = Index.parse(Files.readAllBytes(scratch.resolve("content/index.json")));
        assertThat(index.manifests()).hasSize(2);
    }

    @Test
    void severalPlatformsMakeAnIndex() throws InterruptedException {
        ExportInput two = new ExportInput(
                List.of(
                        new PlatformResult(AMD64, tree(), Optional.empty()),
                        new PlatformResult(Platform.of("linux", "arm64", ""), tree(), Optional.empty())),
                true,
                Optional.empty());
        Exported exported = export("image", Map.of("name", "app:v1", "annotation-index.k", "v"), two);
        Index index = Index.parse(store.content().bytes(exported.image().orElseThrow()));
        assertThat(index.annotations()).containsEntry("k", "v");
        assertThat(index.select(Platform.parse("linux/arm64")))
                .contains(index.manifests().get(1));
        assertThat(exported.config()).isEmpty();
        assertThatThrownBy(() -> export("docker", Map.of(), two)).hasMessageContaining("one platform only");
    }

    @Test
    void aClientThatTakesNothingIsNamed() {
        client.refuses = true;
        assertThatThrownBy(() -> export("tar", Map.of(), input()))
                .isInstanceOf(ExporterFault.class)
                .hasMessageContaining("no space left on device");
        assertThat(client.completed).isFalse();
        assertThat(client.abandoned).isTrue();
    }

    @Test
    void anOutputThatNobodyMakesIsRefused() {
        ExportSpec unknown = ExportSpec.parse("tra", Map.of("dest", "x"), 0);
        assertThatThrownBy(() -> new Exporters(store, registries).check(unknown))
                .isInstanceOf(ExporterFault.class)
                .hasMessageContaining("unknown output type \"tra\"");
    }

    @ParameterizedTest
    @CsvSource({
        "image, pusch, true, did you mean \"push\"",
        "image, compresion, gzip, did you mean \"compression\"",
        "image, push, true, needs a name",
        "image, push, maybe, neither true nor false",
        "image, name, UPPER, must be lower case",
        "image, compression, brotli, unknown compression",
        "image, compression-level, 10, from 0 to 9",
        "image, source-date-epoch, now, number of seconds",
        "oci, annotation-nowhere.k, v, annotations go to",
    })
    void wrongAttributesAreRefusedWithTheReason(String type, String key, String value, String why) {
        assertThatThrownBy(() -> ExportSpec.parse(type, Map.of(key, value), 0))
                .isInstanceOf(ExporterFault.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatNobodyKnowsIsIgnoredWithAWarning() throws InterruptedException {
        export("local", Map.of("vcs:revision", "1"), input());
        assertThat(client.warnings).singleElement().asString().contains("vcs:revision");
    }
}

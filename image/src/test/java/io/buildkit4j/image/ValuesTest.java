package io.buildkit4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesTest {
    private static final String HASH = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
        "alpine, docker.io/library/alpine:latest, alpine",
        "alpine:3.20, docker.io/library/alpine:3.20, alpine:3.20",
        "moby/buildkit, docker.io/moby/buildkit:latest, moby/buildkit",
        "index.docker.io/alpine, docker.io/library/alpine:latest, alpine",
        "localhost/a, localhost/a:latest, localhost/a",
        "localhost:5000/a/b:x, localhost:5000/a/b:x, localhost:5000/a/b:x",
        "ghcr.io/a__b/c-d.e:V1_2, ghcr.io/a__b/c-d.e:V1_2, ghcr.io/a__b/c-d.e:V1_2",
        "[::1]:5000/a, '[::1]:5000/a:latest', '[::1]:5000/a'",
        "MyHost/a, MyHost/a:latest, MyHost/a",
    })
    void namesAreCompleted(String text, String full, String familiar) {
        assertThat(Reference.parse(text)).hasToString(full);
        assertThat(Reference.parse(text).familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(full)).isEqualTo(Reference.parse(text));
    }

    @Test
    void aDigestNeedsNoTagButMayHaveOne() {
        Reference bare = Reference.parse("a@sha256:" + HASH);
        assertThat(bare.tag()).isEmpty();
        assertThat(bare).hasToString("docker.io/library/a@sha256:" + HASH);
        Reference both = Reference.parse("host:1/a:t@sha256:" + HASH);
        assertThat(both.tag()).isEqualTo("t");
        assertThat(both.digest()).contains(Digest.parse("sha256:" + HASH));
    }

    @ParameterizedTest
    @CsvSource({
        "Alpine, must be lower case",
        "a/B, must be lower case",
        "a:, the tag",
        "a:b c, the tag",
        "a@sha256:12, not a digest",
        "/a, may have lower-case",
        "a//b, may have lower-case",
        "-a, may have lower-case",
        "host:port/a, is not a host name",
        HASH + ", are a digest",
        "'', is empty",
    })
    void wrongNamesAreRefusedWithTheReason(String text, String why) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(ImageFault.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "linux/x86_64, linux/amd64",
        "linux/arm64/v8, linux/arm64",
        "linux/aarch64, linux/arm64",
        "linux/arm, linux/arm/v7",
        "linux/armel, linux/arm/v6",
        "Linux/ARM/7, linux/arm/v7",
        "riscv64, linux/riscv64",
        "macos/arm64, darwin/arm64",
    })
    void platformsAreNormalised(String text, String wanted) {
        assertThat(Platform.parse(text)).hasToString(wanted);
    }

    @Test
    void laterVariantsRunWhatIsMadeForEarlierOnes() {
        Index index = new Index(
                MediaTypes.OCI_INDEX,
                List.of(
                        descriptor('1').withPlatform(Platform.of("unknown", "unknown", "")),
                        descriptor('2').withPlatform(Platform.parse("linux/arm/v5")),
                        descriptor('3').withPlatform(Platform.parse("linux/arm/v6")),
                        descriptor('4').withPlatform(Platform.parse("linux/amd64")),
                        descriptor('5').withPlatform(Platform.parse("linux/amd64/v3"))),
                Map.of());
        assertThat(index.select(Platform.parse("linux/arm/v7")))
                .contains(index.manifests().get(2));
        assertThat(index.select(Platform.parse("linux/arm/v5")))
                .contains(index.manifests().get(1));
        assertThat(index.select(Platform.parse("linux/amd64")))
                .contains(index.manifests().get(3));
        assertThat(index.select(Platform.parse("linux/amd64/v4")))
                .contains(index.manifests().get(4));
        assertThat(index.select(Platform.parse("linux/arm64"))).isEmpty();
    }

    private static Descriptor descriptor(char c) {
        return Descriptor.of(
                MediaTypes.OCI_MANIFEST,
                Digest.parse("sha256:" + String.valueOf(c).repeat(64)),
                1);
    }

    @Test
    void anUnknownFieldOfAConfigurationStays() {
        String document = "{\"zzz\":{\"a\":[1,2.50,null]},\"architecture\":\"amd64\",\"os\":\"linux\","
                + "\"config\":{\"Env\":null,\"Cmd\":[],\"Future\":\"<&>\",\"Labels\":{\"b\":\"1\",\"a\":\"2\"}}}";
        ImageConfig config = ImageConfig.parse(document.getBytes(StandardCharsets.UTF_8));
        assertThat(new String(config.bytes(), StandardCharsets.UTF_8)).isEqualTo(document);
        assertThat(config.env()).isEmpty();
        assertThat(config.cmd()).contains(List.of());
        assertThat(config.entrypoint()).isEmpty();
        String changed = new String(config.withUser("me").bytes(), StandardCharsets.UTF_8);
        assertThat(changed).contains("2.50").contains("\"Future\":\"<&>\"").contains("\"User\":\"me\"");
    }

    @Test
    void aConfigurationSaysWhatItWasTold() {
        ImageConfig.Healthcheck probe = new ImageConfig.Healthcheck(
                List.of("CMD-SHELL", "true"),
                Optional.of(Duration.ofSeconds(3)),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofMillis(5)),
                4);
        Instant time = Instant.parse("2020-01-02T03:04:05.678Z");
        Digest layer = Digest.ofText("layer");
        ImageConfig config = ImageConfig.minimal(Platform.parse("linux/arm/v7"))
                .withCreated(time)
                .withVolumes(Set.of("/b", "/a"))
                .withExposedPorts(Set.of("80/tcp"))
                .withHealthcheck(Optional.of(probe))
                .withOnBuild(List.of("RUN x"))
                .withShell(List.of("/bin/bash", "-c"))
                .withStopSignal("9")
                .withLabels(Map.of("k", "v"))
                .withEntrypoint(Optional.of(List.of()))
                .withLayers(List.of(layer), List.of(new ImageConfig.History(Optional.of(time), "RUN", "", "c", false)));
        ImageConfig again = ImageConfig.parse(config.bytes());
        assertThat(again).isEqualTo(config);
        assertThat(again.platform()).isEqualTo(Platform.of("linux", "arm", "v7"));
        assertThat(again.workingDir()).isEqualTo("/");
        assertThat(again.volumes()).containsExactly("/a", "/b");
        assertThat(again.healthcheck()).contains(probe);
        assertThat(again.diffIds()).containsExactly(layer);
        assertThat(again.history().getFirst().created()).contains(time);
        assertThat(again.entrypoint()).contains(List.of());
        assertThat(again.cmd()).isEmpty();
    }

    @Test
    void manifestsAndIndexesSurvive() {
        Map<String, String> annotations = Map.of("b", "1", "a", "2", "c", "3");
        Manifest manifest = new Manifest(
                MediaTypes.DOCKER_MANIFEST,
                descriptor('a'),
                List.of(descriptor('b').withAnnotations(annotations), descriptor('c')),
                annotations);
        assertThat(Manifest.parse(manifest.bytes())).isEqualTo(manifest);
        assertThat(new String(manifest.bytes(), StandardCharsets.UTF_8))
                .contains("\"annotations\":{\"a\":\"2\",\"b\":\"1\",\"c\":\"3\"}");
        Platform windows = new Platform("windows", "amd64", "", "10.0.1", List.of("win32k"));
        Index index = new Index(MediaTypes.OCI_INDEX, List.of(descriptor('d').withPlatform(windows)), annotations);
        assertThat(Index.parse(index.bytes())).isEqualTo(index);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|is not a JSON object",
                "{|is not JSON",
                "{\"schemaVersion\":1}|only 2 is supported",
                "{\"schemaVersion\":2}|has no config",
                "{\"schemaVersion\":2,\"config\":7}|not an object",
                "{\"schemaVersion\":2,\"config\":{\"digest\":\"x\"}}|not a digest",
            })
    void damagedManifestsAreRefusedWithTheReason(String document, String why) {
        assertThatThrownBy(() -> Manifest.parse(document.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ImageFault.class)
                .hasMessageContaining(why);
    }

    @Test
    void layersAreNamedInBothFamilies() {
        for (Compression compression : Compression.values()) {
            assertThat(MediaTypes.layerCompression(MediaTypes.layer(compression, true)))
                    .contains(compression);
            assertThat(MediaTypes.layerCompression(MediaTypes.layer(compression, false)))
                    .contains(compression);
        }
        assertThat(MediaTypes.layer("application/vnd.docker.image.rootfs.diff.tar.gzip", true))
                .isEqualTo("application/vnd.oci.image.layer.v1.tar+gzip");
        assertThat(MediaTypes.layerCompression("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"))
                .contains(Compression.GZIP);
        assertThat(MediaTypes.layerCompression(MediaTypes.OCI_CONFIG)).isEmpty();
    }
}

package io.buildkit4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "io.buildkit4j.image.LoopbackRegistry#installed", disabledReason = "needs docker-registry")
class RegistryTest {
    @TempDir
    static Path scratch;

    private static LoopbackRegistry registry;
    private static final Registries REGISTRIES = new Registries(Map.of());

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        registry = LoopbackRegistry.start(scratch);
    }

    @AfterAll
    static void stop() {
        REGISTRIES.close();
        registry.close();
    }

    private static Repository repository(String name) {
        return REGISTRIES.openForPush(Reference.parse(registry.host() + "/" + name), CredentialSource.ANONYMOUS, false);
    }

    private static BlobSource memory(byte[] bytes) {
        return (blob, offset) -> new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    private static Descriptor push(Repository to, String mediaType, byte[] bytes) throws InterruptedException {
        Descriptor blob = Descriptor.of(mediaType, Digest.of(bytes), bytes.length);
        to.push(blob, memory(bytes), sent -> {});
        return blob;
    }

    private static Manifest image(Repository to, byte[] layer) throws InterruptedException {
        Manifest manifest = new Manifest(
                MediaTypes.OCI_MANIFEST,
                push(
                        to,
                        MediaTypes.OCI_CONFIG,
                        ImageConfig.minimal(Platform.parse("linux/amd64")).bytes()),
                List.of(push(to, MediaTypes.OCI_LAYER, layer)),
                Map.of());
        to.pushManifest(
                manifest.mediaType(),
                manifest.bytes(),
                Optional.of(to.reference().tag()));
        return manifest;
    }

    @Test
    void whatIsPushedCanBePulled() throws IOException, InterruptedException {
        byte[] layer = new byte[3_000_000];
        new Random(1).nextBytes(layer);
        Repository repository = repository("a/b:one");
        Manifest manifest = image(repository, layer);

        Descriptor resolved = repository.resolve();
        assertThat(resolved.digest()).isEqualTo(Digest.of(manifest.bytes()));
        assertThat(resolved.mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
        Repository.Document document = repository.manifest(resolved.digest());
        assertThat(Manifest.parse(document.bytes())).isEqualTo(manifest);
        Descriptor blob = manifest.layers().getFirst();
        try (InputStream in = repository.open(blob, 0)) {
            assertThat(Digest.of(in.readAllBytes())).isEqualTo(blob.digest());
        }
        try (InputStream in = repository.open(blob, 2_999_990)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(layer, 2_999_990, 3_000_000));
        }
    }

    @Test
    void aBlobThatIsThereIsNotSentAgain() throws InterruptedException {
        Repository repository = repository("c:x");
        byte[] bytes = {1, 2, 3};
        Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.of(bytes), 3);
        AtomicLong sent = new AtomicLong();
        assertThat(repository.push(blob, memory(bytes), sent::set)).isTrue();
        assertThat(sent).hasValue(3);
        assertThat(repository.push(blob, memory(bytes), sent::set)).isFalse();
        Descriptor empty = Descriptor.of(MediaTypes.OCI_LAYER, Digest.of(new byte[0]), 0);
        assertThat(repository.push(empty, memory(new byte[0]), count -> {})).isTrue();
        assertThat(repository.has(empty)).isTrue();
    }

    @Test
    void bytesThatAreNotWhatTheyShouldBeAreRefused() {
        Repository repository = repository("d:x");
        Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.ofText("other"), 3);
        assertThatThrownBy(() -> repository.push(blob, memory(new byte[] {1, 2, 3}), sent -> {}))
                .isInstanceOf(ImageFault.class)
                .hasMessageContaining("DIGEST_INVALID");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> repository("nothing/here:t").resolve())
                .isInstanceOfSatisfying(
                        ImageFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessageContaining(registry.host() + "/nothing/here:t is not found in registry " + registry.host());
    }

    @Test
    void aRegistryThatCannotBeReachedIsNamed() {
        for (String host : List.of("127.0.0.1:1", "no-such-host.invalid")) {
            Repository repository = REGISTRIES.open(Reference.parse(host + "/a"), CredentialSource.ANONYMOUS);
            assertThatThrownBy(repository::resolve)
                    .isInstanceOfSatisfying(
                            ImageFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasMessageContaining("registry " + host + " cannot be reached: ")
                    .hasMessageContaining(host.startsWith("127") ? "refused" : "no such host");
        }
    }

    @Test
    void skopeoReadsWhatIsPushed() throws IOException, InterruptedException {
        byte[] tar = new byte[1024];
        Repository repository = repository("sk:1");
        ImageConfig config =
                ImageConfig.minimal(Platform.parse("linux/amd64")).withLayers(List.of(Digest.of(tar)), List.of());
        Manifest manifest = new Manifest(
                MediaTypes.OCI_MANIFEST,
                push(repository, MediaTypes.OCI_CONFIG, config.bytes()),
                List.of(push(repository, MediaTypes.OCI_LAYER, tar)),
                Map.of());
        repository.pushManifest(manifest.mediaType(), manifest.bytes(), Optional.of("1"));
        Process skopeo = new ProcessBuilder(
                        "skopeo", "inspect", "--tls-verify=false", "docker://" + registry.host() + "/sk:1")
                .redirectErrorStream(true)
                .start();
        String output = new String(skopeo.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(skopeo.waitFor()).as(output).isZero();
        assertThat(output).contains(Digest.of(manifest.bytes()).toString());
    }
}

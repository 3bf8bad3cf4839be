package io.buildkit4j.it.layers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.ImageValidator;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class RegistryBuildTest {
    /** Of the password {@code secret}. */
    private static final String USERS = "me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    @TempDir
    Path folder;

    private Path context;

    @BeforeEach
    void context() throws IOException {
        context = Files.createDirectories(folder.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY file /file\n");
        Files.writeString(context.resolve("file"), "content ".repeat(10_000));
    }

    private Path under(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private Program build(Daemon daemon, String... more) {
        return Program.buildctl(
                        "--addr",
                        daemon.unix(),
                        "build",
                        "--progress=plain",
                        "--frontend=dockerfile.v0",
                        "--local",
                        "context=" + context,
                        "--local",
                        "dockerfile=" + context)
                .with(more);
    }

    private Path login(String host, String password) throws IOException {
        Path config = under("login-" + password);
        String pair = Base64.getEncoder().encodeToString(("me:" + password).getBytes(UTF_8));
        Files.writeString(config.resolve("config.json"), "{\"auths\":{\"" + host + "\":{\"auth\":\"" + pair + "\"}}}");
        return config;
    }

    @Test
    void aRegistryWithAPasswordTakesAndGivesOnlyToThoseWhoKnowIt() throws IOException {
        try (Registry registry = Registry.start(under("registry"), USERS);
                Daemon daemon = Daemon.start(under("daemon"))) {
            String name = registry.name("it/app:v1");
            String host = name.substring(0, name.indexOf('/'));
            Path nobody = under("nobody");
            Path wrong = login(host, "wrong");
            Path right = login(host, "secret");
            for (Path who : List.of(nobody, wrong)) {
                Outcome refused = build(daemon, "--output", "type=image,push=true,name=" + name)
                        .set("DOCKER_CONFIG", who.toString())
                        .run()
                        .failed();
                assertThat(refused.said()).contains("registry " + host).contains("credentials");
            }
            build(daemon, "--output", "type=image,push=true,name=" + name)
                    .set("DOCKER_CONFIG", right.toString())
                    .run()
                    .succeeded();
            Files.writeString(context.resolve("Dockerfile"), "FROM " + name + "\nCOPY file /second\n");
            try (Daemon other = Daemon.start(under("other"))) {
                assertThat(build(other)
                                .set("DOCKER_CONFIG", nobody.toString())
                                .run()
                                .failed()
                                .said())
                        .contains("log in");
                build(other).set("DOCKER_CONFIG", right.toString()).run().succeeded();
            }
        }
    }

    @Test
    void aBlobThatWasTamperedWithFailsTheBuildAndLeavesNothing() throws IOException {
        Leftovers leftovers = Leftovers.before();
        try (Registry registry = Registry.start(under("registry"))) {
            String name = registry.name("it/app:v1");
            try (Daemon daemon = Daemon.start(under("daemon"))) {
                build(daemon, "--output", "type=image,push=true,name=" + name)
                        .run()
                        .succeeded();
            }
            Path blob = largestBlob(folder.resolve("registry/data"));
            byte[] bytes = Files.readAllBytes(blob);
            bytes[bytes.length / 2] ^= 1;
            Files.write(blob, bytes);
            Files.writeString(context.resolve("Dockerfile"), "FROM " + name + "\nCOPY file /second\n");
            try (Daemon fresh = Daemon.start(under("fresh"))) {
                String digest = "sha256:" + blob.getName(blob.getNameCount() - 2);
                Outcome failed = build(fresh).run().failed();
                assertThat(failed.said()).contains("what came for " + digest);
                try (Stream<Path> kept = Files.walk(fresh.root().resolve("content/blobs"))) {
                    assertThat(kept.filter(path -> path.toString().contains(digest.substring(7))))
                            .isEmpty();
                }
                try (Stream<Path> half = Files.list(fresh.root().resolve("tmp"))) {
                    assertThat(half).isEmpty();
                }
                Outcome usage = Program.buildctl("--addr", fresh.unix(), "du", "-v")
                        .run()
                        .succeeded();
                assertThat(usage.out()).doesNotContain("pulled").doesNotContain("COPY");
                leftovers.noneBelow(fresh.root());
            }
        }
    }

    /** Whether a blob of this image's layers lies in the daemon's store. */
    private static boolean hasLayers(Daemon daemon, String layer) {
        return Files.exists(daemon.root().resolve("content/blobs/sha256").resolve(layer));
    }

    @Test
    void layersThatNobodyLooksIntoAreNotFetched() throws IOException, InterruptedException {
        byte[] content = new byte[100_000];
        new Random(7).nextBytes(content);
        Files.write(context.resolve("file"), content);
        try (Registry registry = Registry.start(under("registry"))) {
            String base = registry.name("it/base:v1");
            try (Daemon daemon = Daemon.start(under("daemon"))) {
                build(daemon, "--output", "type=image,push=true,name=" + base)
                        .run()
                        .succeeded();
            }
            Path blob = largestBlob(folder.resolve("registry/data"));
            String layer = blob.getName(blob.getNameCount() - 2).toString();
            Files.writeString(context.resolve("other"), "another file");
            Files.writeString(
                    context.resolve("Dockerfile"),
                    "FROM " + base + "\nLABEL a=b\nCOPY --link other /other\nCMD [\"/file\"]\n");
            try (Daemon daemon = Daemon.start(under("second"))) {
                String pushed = registry.name("it/base:v2");
                build(daemon, "--output", "type=image,push=true,name=" + pushed)
                        .run()
                        .succeeded();
                assertThat(hasLayers(daemon, layer)).isFalse();
                // a name in the daemon's own store stands for something whole
                build(daemon, "--output", "type=image,name=it/kept:v2").run().succeeded();
                assertThat(hasLayers(daemon, layer)).isTrue();
                assertThat(ImageValidator.layout(daemon.root().resolve("content")))
                        .isEmpty();
            }
            Files.writeString(
                    context.resolve("Dockerfile"), "FROM " + registry.name("it/base:v2") + "\nCOPY other /o\n");
            Path out = under("out");
            try (Daemon daemon = Daemon.start(under("third"))) {
                build(daemon, "--output", "type=local,dest=" + out).run().succeeded();
                assertThat(out.resolve("file")).hasBinaryContent(content);
                assertThat(out.resolve("other")).content().isEqualTo("another file");
            }
        }
    }

    /** That of the layer, in the registry's own storage. */
    private static Path largestBlob(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(path -> path.endsWith("data") && Files.isRegularFile(path))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void anImageGoesIntoADirectoryThatOtherToolsRead() throws IOException, InterruptedException {
        try (Daemon daemon = Daemon.start(under("daemon"))) {
            Path layout = folder.resolve("layout");
            for (String tag : List.of("v1", "v2")) {
                Files.writeString(context.resolve("file"), "content of " + tag);
                build(daemon, "--output", "type=oci,tar=false,name=it/app:" + tag + ",dest=" + layout)
                        .run()
                        .succeeded();
            }
            assertThat(ImageValidator.layout(layout)).isEmpty();
            for (String tag : List.of("v1", "v2")) {
                String said = Program.of("skopeo", "inspect", "oci:" + layout + ":" + tag)
                        .run()
                        .succeeded()
                        .out();
                assertThat(said).contains("Layers");
            }
            assertThat(List.of(Objects.requireNonNull(layout.toFile().list())))
                    .containsExactlyInAnyOrder("oci-layout", "index.json", "blobs");
            Path archive = folder.resolve("e.tar");
            build(
                            daemon,
                            "--opt",
                            "build-arg:SOURCE_DATE_EPOCH=1500000000",
                            "--output",
                            "type=oci,rewrite-timestamp=true,compression=estargz,force-compression=true,dest="
                                    + archive)
                    .run()
                    .succeeded();
            Path unpacked = under("unpacked");
            Program.of("tar", "-C", unpacked.toString(), "-xf", archive.toString())
                    .run()
                    .succeeded();
            assertThat(ImageValidator.layout(unpacked)).isEmpty();
        }
    }
}

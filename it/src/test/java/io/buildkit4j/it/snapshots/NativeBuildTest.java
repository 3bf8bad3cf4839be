package io.buildkit4j.it.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.ImageValidator;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class NativeBuildTest {
    private static final String DOCKERFILE = """
            FROM scratch AS base
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "--install", "-s", "/bin"]
            RUN mkdir -p /d/e && echo kept > /d/kept && echo gone > /d/gone && ln /d/kept /d/e/second
            RUN rm /d/gone && rm -r /d/e && mkdir /d/e && echo new > /d/e/new && chmod 700 /d/e
            FROM base AS other
            RUN --mount=type=cache,target=/cache --mount=type=bind,from=base,source=/d,target=/in \\
                cp /in/kept /cache/c && cat /cache/c > /other
            FROM base
            COPY --from=other /other /d/other
            RUN test ! -e /d/gone && test "$(ls /d/e)" = new && test "$(cat /d/other)" = kept && echo ok > /d/ok
            """;

    @TempDir
    Path folder;

    private Path context;

    @BeforeEach
    void write() throws IOException {
        context = Files.createDirectory(folder.resolve("context"));
        Files.copy(Path.of("/bin/busybox"), context.resolve("busybox"));
        Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
    }

    private Outcome build(Daemon daemon, String output) {
        return Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain", "--frontend", "dockerfile.v0")
                .with("--local", "context=" + context, "--local", "dockerfile=" + context, "--output", output)
                .run()
                .succeeded();
    }

    @Test
    void aDockerfileIsBuiltOnCopiesAndFoundAgainOnOverlays() throws InterruptedException {
        Leftovers before = Leftovers.before();
        Path image = folder.resolve("image");
        try (Daemon daemon = Daemon.start(folder, "--oci-worker-snapshotter", "native")) {
            assertThat(Program.buildctl("--addr", daemon.unix(), "debug", "workers", "-v")
                            .run()
                            .succeeded()
                            .out())
                    .containsPattern("snapshotter:?\\s*native");
            build(daemon, "type=oci,tar=false,dest=" + image);
            assertThat(ImageValidator.layout(image)).isEmpty();
            build(daemon, "type=local,dest=" + folder.resolve("out"));
            assertThat(folder.resolve("out/d/ok")).hasContent("ok");
            assertThat(folder.resolve("out/d/e").toFile().list()).containsExactly("new");
            assertThat(folder.resolve("out/d/gone")).doesNotExist();
            before.noneBelow(folder);
        }
        try (Daemon daemon = Daemon.start(folder, "--oci-worker-snapshotter=overlayfs")) {
            assertThat(build(daemon, "type=oci,tar=false,dest=" + folder.resolve("again"))
                            .said())
                    .contains("CACHED");
            assertThat(ImageValidator.layout(folder.resolve("again"))).isEmpty();
        }
    }
}

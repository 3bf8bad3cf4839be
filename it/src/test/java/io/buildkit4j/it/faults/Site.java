package io.buildkit4j.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.ImageValidator;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.linux.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A few builds whose outcome is known, and where they come out. */
final class Site {
    private final Path folder;
    private int builds;

    Site(Path folder) {
        this.folder = folder;
    }

    /** A context with a shell and this Dockerfile. */
    private Path context(String dockerfile) {
        try {
            Path context = Files.createDirectories(folder.resolve("context"));
            Files.copy(Path.of("/bin/busybox"), context.resolve("busybox"), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(context.resolve("Dockerfile"), dockerfile);
            return context;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes so many MiB that nothing else has, and a few words. */
    private static String dockerfile(int number, int megabytes) {
        return """
                    FROM scratch AS base
                    COPY busybox /bin/busybox
                    RUN ["/bin/busybox", "--install", "-s", "/bin"]
                    RUN mkdir /d && for i in 1 2 3 4 5; do echo $i > /d/$i; done
                    RUN head -c %d000000 /dev/urandom > /bulk
                    RUN echo number %d > /number && rm /d/3
                    FROM scratch
                    COPY --from=base /d /d
                    COPY --from=base /number /number
                    """.formatted(megabytes, number).replace("/bulk", "/bulk" + number);
    }

    /** A build of this number; its outcome comes to {@link #checked}. */
    Program build(Daemon daemon, int number, int megabytes) {
        return build(daemon, number, dockerfile(number, megabytes));
    }

    /** A build of this Dockerfile. */
    Program build(Daemon daemon, int number, String dockerfile) {
        return build(daemon, dockerfile, "type=local,dest=" + outcome(number, builds + 1));
    }

    private Program build(Daemon daemon, String dockerfile, String output) {
        Path context = context(dockerfile);
        builds++;
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of("--frontend", "dockerfile.v0", "--local", "context=" + context));
        words.addAll(List.of("--local", "dockerfile=" + context, "--output", output));
        return Program.buildctl(words.toArray(String[]::new));
    }

    private Path outcome(int number, int build) {
        return folder.resolve("out-" + number + "-" + build);
    }

    /** Builds, which must succeed and give what was asked for. */
    void checked(Daemon daemon, int number, int megabytes) {
        build(daemon, number, megabytes).run().succeeded();
        Path out = outcome(number, builds);
        assertThat(out.resolve("number")).hasContent("number " + number);
        assertThat(out.resolve("d/5")).hasContent("5");
        assertThat(out.resolve("d").toFile().list()).containsExactlyInAnyOrder("1", "2", "4", "5");
    }

    /** As {@link #checked}, as an image, in which nothing may be wrong. */
    void validated(Daemon daemon, int number, int megabytes) throws InterruptedException {
        checked(daemon, number, megabytes);
        Path image = folder.resolve("image-" + builds);
        build(daemon, dockerfile(number, megabytes), "type=oci,tar=false,dest=" + image)
                .run()
                .succeeded();
        assertThat(ImageValidator.layout(image)).isEmpty();
        FileTree.remove(image.toString());
    }

    int builds() {
        return builds;
    }
}

package io.buildkit4j.it.spine;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real input: a Debian made with debootstrap goes into a registry, a second build installs a compiler into it, compiles a
 * program and ships it alone; other tools accept the result and the program runs.
 */
@Tag("root")
@Tag("network")
class RealInputTest {
    private static final String COMPILE = """
            FROM DEBIAN AS build
            RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
            WORKDIR /src
            RUN echo prepared > notes
            COPY hello.c .
            RUN gcc -static -Os -o /hello hello.c

            FROM scratch
            COPY --from=build /hello /hello
            ENTRYPOINT ["/hello"]
            """;

    @TempDir
    Path folder;

    @Test
    void aCompilerIsInstalledIntoDebianAndItsProgramShippedAlone() throws IOException {
        Path context = Files.createDirectories(folder.resolve("compile"));
        try (Registry registry = Registry.start(Files.createDirectories(folder.resolve("registry")));
                Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("daemon")))) {
            String debian = registry.name("it/debian:base");
            pushDebian(daemon, debian);
            Files.writeString(context.resolve("Dockerfile"), COMPILE.replace("DEBIAN", debian));
            Files.writeString(context.resolve("hello.c"), "#include <stdio.h>\nint main(){puts(\"one\");return 0;}\n");
            for (String kind : List.of("oci", "docker")) {
                Path archive = folder.resolve(kind + ".tar");
                build(daemon.unix(), context, "--output", "type=" + kind + ",name=it/hello:v1,dest=" + archive);
                assertThat(runFrom(kind + "-archive:" + archive, kind)).isEqualTo("one\n");
            }
            Outcome again = build(daemon.tcp(), context);
            assertThat(verdicts(again)).hasSize(6).allMatch(verdict -> verdict.endsWith("CACHED"));

            Files.writeString(context.resolve("hello.c"), "#include <stdio.h>\nint main(){puts(\"two\");return 0;}\n");
            Path archive = folder.resolve("changed.tar");
            Outcome changed = build(daemon.tcp(), context, "--output", "type=oci,name=it/hello:v2,dest=" + archive);
            assertThat(verdicts(changed).stream().map(verdict -> verdict.endsWith("CACHED")))
                    .as("apt, workdir and notes are cached; the copy and what follows are not: %s", changed.err())
                    .containsExactly(true, true, true, false, false, false);
            assertThat(runFrom("oci-archive:" + archive, "changed")).isEqualTo("two\n");
        }
    }

    private void pushDebian(Daemon daemon, String name) throws IOException {
        Path root = folder.resolve("debian");
        Program.of("debootstrap", "--variant=minbase", "bookworm", root.toString(), mirror())
                .run()
                .succeeded();
        Path context = Files.createDirectories(folder.resolve("base"));
        Program.of(
                        "tar",
                        "-C",
                        root.toString(),
                        "--numeric-owner",
                        "-cf",
                        context.resolve("rootfs.tar").toString(),
                        ".")
                .run()
                .succeeded();
        Program.of("rm", "-rf", root.toString()).run().succeeded();
        Files.writeString(context.resolve("Dockerfile"), """
                FROM scratch
                ADD rootfs.tar /
                ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
                CMD ["/bin/sh"]
                """);
        build(daemon.unix(), context, "--output", "type=image,push=true,name=" + name);
        Files.delete(context.resolve("rootfs.tar"));
    }

    /** Where this machine itself gets Debian from. */
    private static String mirror() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("/etc/apt"))) {
            for (Path file : sources.filter(Files::isRegularFile).sorted().toList()) {
                String name = file.toString();
                if (!name.endsWith(".sources") && !name.endsWith(".list")) {
                    continue;
                }
                for (String line : Files.readAllLines(file)) {
                    String address = line.replaceAll("^(URIs:|deb)\\s+(\\[[^]]*]\\s*)?", "")
                            .split(" ", -1)[0];
                    if (!address.equals(line)
                            && address.matches("https?://.*debian/?")
                            && !address.contains("security")) {
                        return address;
                    }
                }
            }
        }
        throw new IllegalStateException("no Debian mirror is named below /etc/apt");
    }

    private static Outcome build(String address, Path context, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "--addr",
                address,
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                "--local",
                "context=" + context,
                "--local",
                "dockerfile=" + context));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new)).run().succeeded();
    }

    /** How the steps of the Dockerfile ended, in their order there. */
    private static List<String> verdicts(Outcome outcome) {
        List<String> lines = outcome.err().lines().toList();
        return lines.stream()
                .filter(line -> line.matches("#\\d+ \\[(build|stage-1) +\\d+/\\d+] (RUN|WORKDIR|COPY) .*"))
                .sorted(java.util.Comparator.comparing(line -> line.substring(line.indexOf('['))))
                .map(line -> line.substring(0, line.indexOf(' ') + 1))
                .map(number -> lines.stream()
                        .filter(line -> line.startsWith(number))
                        .reduce((first, last) -> last)
                        .orElseThrow())
                .toList();
    }

    private String runFrom(String image, String name) {
        Path layout = folder.resolve(name + "-layout");
        Program.of("skopeo", "copy", image, "oci:" + layout + ":x").run().succeeded();
        Path bundle = folder.resolve(name + "-bundle");
        Program.of("umoci", "unpack", "--image", layout + ":x", bundle.toString())
                .run()
                .succeeded();
        return Program.of(bundle.resolve("rootfs/hello").toString())
                .run()
                .succeeded()
                .out();
    }
}

package io.buildkit4j.it.spine;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.peer.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("root")
class SpineTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;
    private static Registry registry;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("daemon")));
        registry = Registry.start(Files.createDirectories(shared.resolve("registry")));
    }

    @AfterAll
    static void stop() {
        registry.close();
        daemon.close();
    }

    private static Outcome build(String address, Context context, String... more) {
        List<String> words = new ArrayList<>(List.of("--addr", address, "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new)).run();
    }

    private Context context(String dockerfile) {
        return new Context(folder.resolve("context")).dockerfile(Context.BASE + dockerfile);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void aDockerfileBecomesADirectoryOverEitherTransport(String transport) throws IOException {
        Context context = context("""
                FROM base
                ARG WHO=nobody
                WORKDIR /work
                RUN echo "hello $WHO" > greeting && ln -s greeting link && mkdir empty && chmod 4750 greeting
                FROM scratch
                COPY --from=1 /work /out
                """);
        Path out = folder.resolve("out");
        build(
                        transport.equals("unix") ? daemon.unix() : daemon.tcp(),
                        context,
                        "--opt",
                        "build-arg:WHO=you",
                        "--output",
                        "type=local,dest=" + out)
                .succeeded();
        assertThat(out.resolve("out/greeting")).hasContent("hello you\n");
        assertThat(out.resolve("out/empty")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(out.resolve("out/link"))).hasToString("greeting");
        assertThat(Files.getAttribute(out.resolve("out/greeting"), "unix:mode")).isEqualTo(0104750);
    }

    @Test
    void aRepeatIsFullyCachedAndAChangeRerunsFromItsCopyOn() {
        Context context = context("""
                FROM base
                RUN echo first > /first
                COPY source.txt /source.txt
                RUN cat /source.txt > /copy
                """).file("source.txt", "one");
        build(daemon.unix(), context).succeeded();
        Outcome again = build(daemon.unix(), context).succeeded();
        assertThat(steps(again, "RUN")).allMatch(line -> line.endsWith("CACHED"));
        assertThat(steps(again, "COPY")).allMatch(line -> line.endsWith("CACHED"));
        context.file("source.txt", "two");
        Outcome changed = build(daemon.unix(), context).succeeded();
        assertThat(verdict(changed, "RUN echo first")).isEqualTo("CACHED");
        assertThat(verdict(changed, "COPY source.txt")).startsWith("DONE");
        assertThat(verdict(changed, "RUN cat")).startsWith("DONE");
    }

    /** Lines of steps whose name holds the text: name and verdict. */
    private static List<String> steps(Outcome outcome, String text) {
        List<String> found = new ArrayList<>();
        List<String> lines = outcome.err().lines().toList();
        for (String line : lines) {
            if (line.matches("#\\d+ \\[.*\\] " + text + ".*")) {
                String number = line.substring(0, line.indexOf(' ') + 1);
                String verdict = lines.stream()
                        .filter(other -> other.startsWith(number))
                        .filter(other -> other.matches("#\\d+ (DONE|CACHED|ERROR|CANCELED).*"))
                        .findFirst()
                        .orElse(number + "without end");
                found.add(line + " -> " + verdict.substring(number.length()));
            }
        }
        assertThat(found).as("steps named %s in %s", text, outcome.err()).isNotEmpty();
        return found;
    }

    private static String verdict(Outcome outcome, String text) {
        String line = steps(outcome, text.replace("$", "\\$")).getFirst();
        return line.substring(line.lastIndexOf(" -> ") + 4);
    }

    @Test
    void onlyReachableStagesAreBuilt() {
        Context context = context("""
                FROM base AS unwanted
                RUN exit 7
                FROM base AS wanted
                RUN true
                FROM base
                RUN exit 8
                """);
        Outcome outcome =
                build(daemon.unix(), context, "--opt", "target=wanted").succeeded();
        assertThat(outcome.err()).doesNotContain("exit 7").doesNotContain("exit 8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"oci", "docker"})
    void archivesAreAcceptedByOtherTools(String kind) throws IOException {
        Context context = context("""
                FROM base
                RUN mkdir /data && echo one > /data/a && ln /data/a /data/b
                RUN rm /data/a && mkfifo /data/pipe
                USER 1000:1001
                ENV GREETING="a b" PATH=/bin
                ENTRYPOINT ["/bin/sh", "-c"]
                CMD ["cat /data/b"]
                """);
        Path archive = folder.resolve("image.tar");
        build(daemon.unix(), context, "--output", "type=" + kind + ",name=it/spine:v1,dest=" + archive)
                .succeeded();
        String inspected = Program.of("skopeo", "inspect", "--config", kind + "-archive:" + archive)
                .run()
                .succeeded()
                .out();
        assertThat(inspected).contains("\"GREETING=a b\"", "\"1000:1001\"", "\"cat /data/b\"");
        Path layout = folder.resolve("layout");
        Program.of("skopeo", "copy", kind + "-archive:" + archive, "oci:" + layout + ":v1")
                .run()
                .succeeded();
        Path bundle = folder.resolve("bundle");
        Program.of("umoci", "unpack", "--image", layout + ":v1", bundle.toString())
                .run()
                .succeeded();
        assertThat(bundle.resolve("rootfs/data/b")).hasContent("one\n");
        assertThat(bundle.resolve("rootfs/data/a")).doesNotExist();
        assertThat(bundle.resolve("rootfs/bin/sh")).exists();
    }

    @Test
    void anImageIsPushedAndBuiltUpon() {
        String name = registry.name("it/base:v1");
        build(
                        daemon.unix(),
                        context("FROM base\nENV FROM_BASE=yes PATH=/bin\n"),
                        "--output",
                        "type=image,push=true,name=" + name)
                .succeeded();
        assertThat(Program.of("skopeo", "inspect", "--tls-verify=false", "docker://" + name)
                        .run()
                        .succeeded()
                        .out())
                .contains("FROM_BASE=yes");
        Context upon = new Context(folder.resolve("upon"))
                .dockerfile("FROM " + name + "\nRUN echo \"from base: $FROM_BASE\" > /proof\n");
        Path out = folder.resolve("out");
        build(daemon.unix(), upon, "--output", "type=local,dest=" + out).succeeded();
        assertThat(out.resolve("proof")).hasContent("from base: yes\n");
    }

    @Test
    void flagsOf2017AreUnderstood() throws IOException {
        Context context =
                context("FROM base AS one\nRUN echo ${A:-x} > /a\nFROM scratch\nARG A\nCOPY --from=one /a /a\n");
        Path out = folder.resolve("out");
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--no-progress"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of("--exporter=local", "--exporter-opt", "output=" + out, "--frontend-opt", "target=one"));
        Outcome outcome = Program.buildctl(words.toArray(String[]::new)).run().succeeded();
        assertThat(outcome.said()).doesNotContain("#1 ");
        assertThat(out.resolve("a")).hasContent("x\n");
        assertThat(out.resolve("bin/sh")).satisfies(Files::isSymbolicLink);
    }

    @Test
    void aTarKeepsOwnersAndModes() throws IOException {
        Context context = context("""
                FROM base AS make
                RUN mkdir /d && echo x > /d/x && chown 12:34 /d/x && chmod 0604 /d/x
                FROM scratch
                COPY --from=make /d /d
                """);
        Path tar = folder.resolve("out.tar");
        build(daemon.unix(), context, "--output", "type=tar,dest=" + tar).succeeded();
        assertThat(Program.of("tar", "--numeric-owner", "-tvf", tar.toString())
                        .run()
                        .succeeded()
                        .out())
                .containsPattern("-rw----r-- 12/34 +2 .* d/x");
    }

    @Test
    void theEmbeddedDaemonBehavesLikeTheRealOne() throws IOException {
        Leftovers before = Leftovers.before();
        Context context = context("FROM base\nRUN echo embedded > /e\nFROM scratch\nCOPY --from=1 /e /e\n");
        Path out = folder.resolve("out");
        Path state = folder.resolve("state");
        List<String> words = new ArrayList<>(List.of("build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of("--output", "type=local,dest=" + out));
        for (int round = 0; round < 2; round++) {
            Outcome outcome = Program.buildctl(words.toArray(String[]::new))
                    .set("XDG_STATE_HOME", state.toString())
                    .run()
                    .succeeded();
            if (round == 1) {
                assertThat(verdict(outcome, "RUN echo embedded")).isEqualTo("CACHED");
            }
        }
        assertThat(out.resolve("e")).hasContent("embedded\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("buildkit4j"))))
                .isEqualTo("rwx------");
        before.noneBelow(state);
    }
}

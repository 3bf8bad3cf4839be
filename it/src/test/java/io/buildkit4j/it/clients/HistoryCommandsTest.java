package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about builds that have been, and a daemon that is reached through another program. */
@Tag("root")
class HistoryCommandsTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("d")));
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private Outcome buildctl(String... words) {
        return Program.buildctl("--addr", daemon.unix()).with(words).run();
    }

    /** Builds something and says how the history calls it. */
    private String built(String dockerfile, String... more) throws IOException {
        Context context = new Context(folder.resolve("context")).dockerfile(dockerfile);
        Path reference = folder.resolve("ref");
        Files.deleteIfExists(reference);
        Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain", "--ref-file", reference.toString())
                .with(context.flags())
                .with(more)
                .run();
        return Files.readString(reference);
    }

    @Test
    void buildsAreListedPinnedReadAndForgotten() throws IOException {
        String good = built("FROM scratch\nCOPY busybox /\n", "--output", "type=image,name=it/history:1");
        String bad = built("FROM scratch\nCOPY nothing /\n");

        String table = buildctl("debug", "histories").succeeded().out();
        assertThat(table).containsPattern(good + " .* done\n").containsPattern(bad + " .* failed: .*nothing");

        buildctl("debug", "ctl", "--pin", good).succeeded();
        JsonObject pinned = json(good);
        assertThat(pinned.get("pinned").getAsBoolean()).isTrue();
        assertThat(pinned.get("total_steps").getAsInt()).isPositive();
        String image = pinned.getAsJsonObject("exporter_response")
                .get("containerimage.digest")
                .getAsString();
        assertThat(buildctl("debug", "get", image).succeeded().out()).contains("schemaVersion");
        // frames of status, each after its length
        String logs = pinned.get("logs").getAsString();
        assertThat(buildctl("debug", "get", logs).succeeded().out()).contains("COPY busybox");

        assertThat(buildctl("prune-histories").succeeded().out()).contains(bad).doesNotContain(good);
        assertThat(buildctl("debug", "histories").succeeded().out())
                .contains(good)
                .doesNotContain(bad);

        buildctl("debug", "ctl", "--delete", good).succeeded();
        assertThat(buildctl("debug", "histories").succeeded().out()).doesNotContain(good);
        assertThat(buildctl("debug", "ctl", "--pin", good).failed().err()).contains(good);
        assertThat(buildctl("debug", "ctl", "--pin", "--delete", good).failed().err())
                .contains("one thing at a time");
    }

    private JsonObject json(String reference) {
        return buildctl("debug", "histories", "--format", "json")
                .succeeded()
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(build -> build.get("ref").getAsString().equals(reference))
                .findFirst()
                .orElseThrow();
    }

    /** A container's place is taken by a script: what is to be shown is the connection over its standard streams. */
    @Test
    void aDaemonIsReachedThroughAProgram() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("bin"));
        Path buildctl = Program.top().resolve("bin/buildctl");
        script(programs.resolve("docker"), """
                #!/bin/sh
                [ "$1 $2 $3 $4 $5" = "exec -i there buildctl dial-stdio" ] || { echo "no such container: $3" >&2; exit 1; }
                BUILDKIT_HOST=%s exec %s dial-stdio
                """.formatted(daemon.unix(), buildctl));
        Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nCOPY busybox /there\n");
        Path out = folder.resolve("out");

        reaching(programs, "there", "build")
                .with(context.flags())
                .with("--output", "type=local,dest=" + out)
                .run()
                .succeeded();
        assertThat(out.resolve("there")).hasSameBinaryContentAs(Path.of("/bin/busybox"));

        assertThat(reaching(programs, "elsewhere", "debug", "workers")
                        .run()
                        .failed()
                        .err())
                .contains("no such container: elsewhere");
        assertThat(Program.buildctl("--addr", "podman-container://none", "debug", "workers")
                        .set("PATH", programs + ":/bin")
                        .run()
                        .failed()
                        .err())
                .contains("podman");
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains("dial-stdio") && line.contains(buildctl.toString())))
                .isEmpty();
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Program reaching(Path programs, String container, String... words) {
        return Program.buildctl("--addr", "docker-container://" + container)
                .with(words)
                .set("PATH", programs + ":" + System.getenv("PATH"));
    }
}

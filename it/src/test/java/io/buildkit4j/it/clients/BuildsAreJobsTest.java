package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build is a job of the daemon's, not a connection. */
@Tag("root")
class BuildsAreJobsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    /** A build that says "begun", waits until the file is there, and says "ended". */
    private Process begin(Daemon daemon, String... flags) throws IOException {
        Context context = new Context(folder.resolve("context")).dockerfile(Context.BASE + """
                FROM base
                RUN --mount=type=cache,target=/gate echo begun; i=0; \\
                    while [ ! -e /gate/open ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done; echo ended
                """);
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of(flags));
        Process client = Program.buildctl(words.toArray(String[]::new))
                .start(folder.resolve("client.out"), folder.resolve("client.err"));
        await().atMost(PATIENCE)
                .until(() -> Files.readString(folder.resolve("client.err")).contains(" begun\n"));
        return client;
    }

    private static void open(Daemon daemon) throws IOException {
        try (var caches = Files.newDirectoryStream(daemon.root().resolve("worker/cache-mounts"))) {
            for (Path cache : caches) {
                Files.createFile(cache.resolve("fs/open"));
            }
        }
    }

    @Test
    void aBuildSurvivesItsClientAndIsFollowedByAnother() throws IOException, InterruptedException {
        try (Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("d")))) {
            Path reference = folder.resolve("ref");
            Process client = begin(daemon, "--detach", "--ref-file", reference.toString());
            client.destroyForcibly().waitFor();
            Process follower = Program.buildctl("--addr", daemon.unix(), "debug", "logs", Files.readString(reference))
                    .start(folder.resolve("follower.out"), folder.resolve("follower.err"));
            await().atMost(PATIENCE)
                    .until(() ->
                            Files.readString(folder.resolve("follower.err")).contains(" begun\n"));
            open(daemon);
            assertThat(follower.waitFor()).isZero();
            assertThat(folder.resolve("follower.err")).content().contains(" ended\n");
            Outcome later = Program.buildctl("--addr", daemon.unix(), "attach", Files.readString(reference))
                    .run()
                    .succeeded();
            assertThat(later.err()).contains(" begun\n").contains(" ended\n");
        }
    }

    @Test
    void withoutThatABuildEndsWithItsClient() throws IOException, InterruptedException {
        try (Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("d")))) {
            begin(daemon).destroyForcibly().waitFor();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(steps(daemon)).isEmpty());
        }
    }

    private static List<String> steps(Daemon daemon) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line ->
                        line.contains("runc") && line.contains(daemon.root().toString()))
                .toList();
    }

    @Test
    void aDaemonThatIsToldToStopLetsItsBuildsEnd() throws IOException, InterruptedException {
        try (Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("d")), "--drain", "60")) {
            Process client = begin(daemon);
            ProcessHandle.of(daemon.pid()).orElseThrow().destroy();
            await().atMost(PATIENCE).until(() -> daemon.log().contains("told to stop"));
            Context other = new Context(folder.resolve("other")).dockerfile("FROM scratch\nCOPY busybox /\n");
            List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build"));
            words.addAll(List.of(other.flags()));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Program.buildctl(words.toArray(String[]::new))
                                    .run()
                                    .failed()
                                    .err())
                            .contains("the daemon is stopping"));
            open(daemon);
            assertThat(client.waitFor()).isZero();
            assertThat(folder.resolve("client.err")).content().contains(" ended\n");
        }
    }
}

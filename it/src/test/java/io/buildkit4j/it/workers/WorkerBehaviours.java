package io.buildkit4j.it.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one list of what a build's steps may rely on, run on a daemon with each kind of worker. */
@Tag("root")
abstract class WorkerBehaviours {
    @TempDir
    Path folder;

    private Leftovers leftovers = Leftovers.before();

    abstract Daemon daemon();

    /** What only this kind of worker could leave. */
    abstract void nothingOfItsOwnIsLeft();

    @BeforeEach
    void remember() {
        leftovers = Leftovers.before();
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            leftovers.noneBelow(daemon().root());
            nothingOfItsOwnIsLeft();
        });
    }

    private Program program(String dockerfile, String... more) {
        Context context = new Context(folder.resolve("context")).dockerfile(Context.BASE + dockerfile);
        List<String> words = new ArrayList<>(List.of("--addr", daemon().unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new));
    }

    Outcome build(String dockerfile, String... more) {
        return program(dockerfile, more).run();
    }

    @Test
    void aStepHasItsUserDirectoryVariablesAndNames() {
        Outcome outcome = build("""
                RUN echo 'app:x:1200:1300::/home:/bin/sh' > /etc/passwd
                ENV COLOUR=blue
                ARG SHAPE
                WORKDIR /srv/app
                RUN id -u; id -g; pwd; echo $COLOUR $SHAPE $HOME; hostname; cat /etc/hosts; ls -ld /srv/app
                USER app
                RUN id -u; id -g; touch /srv/app/x || echo may not
                """, "--opt", "build-arg:SHAPE=round").succeeded();
        assertThat(outcome.err())
                .contains(" 0\n", " /srv/app\n", " blue round", " buildkitsandbox\n", "localhost buildkitsandbox")
                .contains(" 1200\n", " 1300\n", "may not");
    }

    @Test
    void whatAStepWroteIsThereForTheNextAndForTheClient() {
        Path out = folder.resolve("out");
        build(
                        """
                RUN mkdir -p /d/e && echo one > /d/e/f && ln -s f /d/e/l && chmod 640 /d/e/f
                RUN cat /d/e/l > /d/g && rm /d/e/f
                FROM scratch
                COPY --from=base /d /
                """.replace("FROM scratch\nCOPY --from=base", "FROM scratch\nCOPY --from=0"),
                        "--output",
                        "type=local,dest=" + out)
                .succeeded();
        assertThat(out.resolve("g")).hasContent("one\n");
        assertThat(out.resolve("e/f")).doesNotExist();
    }

    @Test
    void exitCodesSignalsAndMissingProgramsAreToldApart() {
        assertThat(build("RUN exit 7\n").failed().err()).contains("did not complete successfully: exit code: 7");
        assertThat(build("RUN sh -c 'kill -TERM $$'; exit $?\n").failed().err()).contains("exit code: 143");
        assertThat(build("RUN [\"/no/such/program\"]\n").failed().err())
                .contains("/no/such/program", "could not be started", "no such file or directory");
    }

    @Test
    void mountsAreWhatTheyAreAskedToBe() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "tell-nobody");
        Outcome outcome = build("""
                FROM base AS other
                RUN echo from-other > /o
                FROM base
                RUN --mount=type=bind,from=other,source=/o,target=/in/o cat /in/o; echo x > /in/o || echo read-only
                RUN --mount=type=tmpfs,target=/mem,size=1m mount | grep ' /mem '
                RUN --mount=type=cache,target=/c,id=behaviours echo kept >> /c/f
                RUN --mount=type=cache,target=/c,id=behaviours cat /c/f; ls /c
                RUN --mount=type=secret,id=s cat /run/secrets/s; echo; wc -c < /run/secrets/s
                RUN --mount=type=secret,id=s,env=TOLD [ ${#TOLD} = 11 ] && echo in-environment
                """, "--secret", "id=s,src=" + secret).succeeded();
        assertThat(outcome.err())
                .contains(
                        " from-other\n", " read-only\n", "tmpfs", "size=1024k", " kept\n", " 11\n", " in-environment\n")
                .doesNotContain("tell-nobody");
    }

    @Test
    void theNetworkIsTheMachinesOrNone() {
        assertThat(build("RUN --network=none grep -c : /proc/net/dev\n")
                        .succeeded()
                        .err())
                .containsPattern(" 1\n");
    }

    @Test
    void aSandboxedStepDoesNotAdministerTheMachine() {
        Outcome outcome = build("""
                RUN mkdir /m; mount -t tmpfs x /m || echo no-mount; hostname other || echo no-name; \\
                    echo 1 > /proc/sys/kernel/sysrq || echo no-sysctl; mknod /m/d b 8 0 && cat /m/d || echo no-device
                """).succeeded();
        assertThat(outcome.err()).contains("no-mount", "no-name", "no-sysctl", "no-device");
    }

    @Test
    void whatAStepLeavesRunningEndsWithIt() {
        build("RUN sleep 98701 & sleep 98702 & echo started\n").succeeded();
        assertThat(Leftovers.runs("sleep 9870")).isFalse();
    }

    @Test
    void aCancelledBuildKillsTheWholeTreeOfItsStep() throws InterruptedException {
        Process client = program("RUN trap '' TERM INT; sleep 98703 & sleep 98704\n")
                .start(folder.resolve("client.out"), folder.resolve("client.err"));
        await().atMost(Duration.ofSeconds(60)).until(() -> Leftovers.runs("sleep 98704") || !client.isAlive());
        assertThat(client.isAlive()).isTrue();
        client.destroy();
        client.waitFor();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !Leftovers.runs("sleep 98703") && !Leftovers.runs("sleep 98704"));
    }

    @Test
    void aStepThatEatsItsMemoryIsToldSo() {
        assertThat(build("RUN x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done\n", "--opt", "memory=33554432")
                        .failed()
                        .err())
                .contains("exit code: 137 (killed: out of memory)");
    }

    @Test
    void aMountOverTheKernelsFilesIsRefused() {
        assertThat(build("RUN --mount=type=tmpfs,target=/proc true\n").failed().err())
                .contains("/proc");
        assertThat(build("RUN --mount=type=cache,target=/proc/sys true\n")
                        .failed()
                        .err())
                .contains("/proc");
    }

    @Test
    void namesMayHoldAnyCharacter() {
        Path out = folder.resolve("out");
        String dockerfile = """
                RUN mkdir /d && cd /d && echo one > "$(printf 'a\\nb \\042c')" && ln -s "$(printf 'a\\nb \\042c')" l
                RUN cat /d/l > /d/g
                FROM scratch
                COPY --from=0 /d /
                """;
        build(dockerfile, "--output", "type=local,dest=" + out).succeeded();
        assertThat(out.resolve("g")).hasContent("one\n");
        assertThat(out.resolve("a\nb \"c")).hasContent("one\n");
    }

    @Test
    void aFloodOfOutputIsKeptWholeAndHoldsNobodyUp() throws IOException, InterruptedException {
        Path reference = folder.resolve("reference");
        Process client = program("RUN seq 1 1000000; echo the-end\n", "--ref-file", reference.toString())
                .start(folder.resolve("client.out"), folder.resolve("client.err"));
        while (client.isAlive()) {
            Program.buildctl("--addr", daemon().unix(), "debug", "workers")
                    .run()
                    .succeeded();
        }
        assertThat(client.waitFor()).isZero();
        assertThat(numbers(folder.resolve("client.err"))).isEqualTo(1_000_000);
        Path log = folder.resolve("log");
        Process reader = Program.buildctl("--addr", daemon().unix(), "debug", "logs", Files.readString(reference))
                .start(folder.resolve("log.out"), log);
        assertThat(reader.waitFor()).isZero();
        assertThat(numbers(log)).isEqualTo(1_000_000);
        assertThat(most()).isLessThan(700_000);
    }

    /** How many lines say the number that comes next. */
    private static long numbers(Path file) throws IOException {
        long next = 1;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(" " + next)) {
                    next++;
                }
            }
        }
        return next - 1;
    }

    /** The most memory that the daemon ever had, in KiB: what it may have in all is a good deal more. */
    private long most() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + daemon().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    @Test
    void stagesRunAtOnceAndAllOutputArrives() {
        StringBuilder dockerfile = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            dockerfile
                    .append("FROM base AS s")
                    .append(i)
                    .append("\nRUN seq 1 20000 | tail -n 3000; echo end-")
                    .append(i);
            dockerfile.append(" > /f").append(i).append('\n');
        }
        dockerfile.append("FROM base\n");
        for (int i = 0; i < 4; i++) {
            dockerfile.append("COPY --from=s").append(i).append(" /f").append(i).append(" /\n");
        }
        Outcome outcome = build(dockerfile + "RUN cat /f0 /f1 /f2 /f3\n").succeeded();
        assertThat(outcome.err()).contains(" end-0\n", " end-1\n", " end-2\n", " end-3\n");
        assertThat(outcome.err().lines().filter(line -> line.endsWith(" 20000")))
                .hasSize(4);
    }

    @Test
    void aStepThatRanIsNotRunAgain() {
        String dockerfile = "RUN cat /proc/sys/kernel/random/uuid > /u; echo ran-once\n";
        assertThat(build(dockerfile).succeeded().err()).containsPattern("\\d ran-once");
        assertThat(build(dockerfile).succeeded().err()).contains("CACHED").doesNotContainPattern("\\d ran-once");
    }
}

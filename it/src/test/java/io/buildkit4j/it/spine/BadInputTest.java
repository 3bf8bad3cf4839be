package io.buildkit4j.it.spine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong, the message says what and where, the exit code is 1 and nothing is left behind. */
@Tag("root")
class BadInputTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;

    @TempDir
    Path folder;

    private Leftovers leftovers = Leftovers.before();

    @BeforeAll
    static void start() {
        daemon = Daemon.start(shared);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @BeforeEach
    void remember() {
        leftovers = Leftovers.before();
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> leftovers.noneBelow(daemon.root()));
    }

    private static Program program(Context context, String... more) {
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new));
    }

    private Outcome build(String dockerfile, String... more) {
        return program(new Context(folder.resolve("context")).dockerfile(dockerfile), more)
                .run();
    }

    @Test
    void anUnknownInstructionIsNamedWithItsLine() {
        assertThat(build("FROM scratch\nCOPPY a b\n").failed().err())
                .contains("unknown instruction: COPPY")
                .contains("Dockerfile:2")
                .contains("COPY");
    }

    @Test
    void anUnknownFlagIsNamedWithItsLine() {
        assertThat(build("FROM scratch\nCOPY --chwon=1 a b\n").failed().err())
                .contains("--chwon")
                .contains("Dockerfile:2")
                .contains("chown");
    }

    @Test
    void aMissingFileIsNamedWithTheLineThatCopiesIt() {
        assertThat(build("FROM scratch\nCOPY nowhere.txt /\n").failed().err())
                .contains("\"/nowhere.txt\": not found")
                .contains("Dockerfile:2")
                .contains("COPY nowhere.txt /");
    }

    @Test
    void anUnknownStageIsNamed() {
        assertThat(build("FROM scratch AS one\n", "--opt", "target=two")
                        .failed()
                        .err())
                .contains("two");
        assertThat(build("FROM scratch\nCOPY --from=9 /a /b\n").failed().err()).contains("9");
    }

    @Test
    void aRegistryThatRefusesIsNamed() {
        assertThat(build("FROM 127.0.0.1:1/no/image:v1\n").failed().err()).contains("127.0.0.1:1");
    }

    @Test
    void aFailingStepShowsCodeCommandAndOutput() {
        assertThat(build(Context.BASE + "FROM base\nRUN echo this is why; exit 3\n")
                        .failed()
                        .err())
                .contains("exit code: 3")
                .contains("echo this is why; exit 3")
                .contains("this is why")
                .contains("Dockerfile:5");
    }

    @Test
    void aDirectoryThatWasNotOfferedIsNamed() {
        Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nCOPY a /a\n");
        Outcome outcome = Program.buildctl(
                        "--addr",
                        daemon.unix(),
                        "build",
                        "--progress=plain",
                        "--frontend",
                        "dockerfile.v0",
                        "--local",
                        "dockerfile=" + context.folder())
                .run()
                .failed();
        assertThat(outcome.err()).contains("context").contains("--local");
    }

    @Test
    void aDirectoryThatDoesNotExistIsNamed() {
        Outcome outcome = Program.buildctl(
                        "--addr", daemon.unix(), "build", "--frontend", "dockerfile.v0", "--local", "context=/no/such")
                .run()
                .failed();
        assertThat(outcome.err()).contains("/no/such");
    }

    @Test
    void anOutputThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThat(build("FROM scratch\nCOPY busybox /\n", "--output", "type=local,dest=" + file.resolve("below"))
                        .failed()
                        .err())
                .contains(file.toString());
        assertThat(build(
                                "FROM scratch\nCOPY busybox /\n",
                                "--output",
                                "type=oci,dest=" + folder.resolve("no/such/x.tar"))
                        .failed()
                        .err())
                .contains("no/such");
    }

    @Test
    void corruptLlbIsRefused() throws IOException {
        Path garbage = Files.write(folder.resolve("garbage"), new byte[] {1, 2, 3, 4, 5, 6, 7});
        Outcome outcome = Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .reading(garbage)
                .run()
                .failed();
        assertThat(outcome.err()).contains("definition");
    }

    @Test
    void anUnknownExporterFrontendOrFlagIsNamed() {
        assertThat(build("FROM scratch\n", "--output", "type=floppy,dest=x")
                        .failed()
                        .err())
                .contains("floppy");
        assertThat(Program.buildctl("--addr", daemon.unix(), "build", "--frontend", "cobol.v0")
                        .run()
                        .failed()
                        .err())
                .contains("cobol.v0");
        assertThat(Program.buildctl("build", "--outptu", "x").run().failed().err())
                .contains("--output");
    }

    @Test
    void aDaemonThatIsNotThereIsNamed() {
        Outcome outcome = Program.buildctl("--addr", "unix:///no/such.sock", "build", "--frontend", "dockerfile.v0")
                .run()
                .failed();
        assertThat(outcome.err()).contains("/no/such.sock");
    }

    @Test
    void anInterruptEndsTheBuildAndItsProcesses() throws IOException, InterruptedException {
        Context context = new Context(folder.resolve("context"))
                .dockerfile(Context.BASE + "FROM base\nRUN echo begun; sleep 300\n");
        Path err = folder.resolve("err.txt");
        Process process = program(context).start(folder.resolve("out.txt"), err);
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(err).contains(" begun"));
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly(); // a build that goes on would fail every later test here
        }
        assertThat(process.exitValue()).isNotZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(ProcessHandle.allProcesses()
                                .map(handle -> handle.info().commandLine().orElse("")))
                        .noneMatch(line -> line.endsWith("sleep 300")));
    }
}

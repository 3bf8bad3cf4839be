package io.buildkit4j.it.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.client.BuiltTree;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.ContainerRequest;
import io.buildkit4j.client.FrontendAnswer;
import io.buildkit4j.client.FrontendGateway;
import io.buildkit4j.client.GatewayContainer;
import io.buildkit4j.client.GatewayContainer.Command;
import io.buildkit4j.client.GatewayContainer.ContainerProcess;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.wire.FileStat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that a frontend opens beside its build's steps, through the client library on the control port. */
@Tag("root")
class GatewayContainerTest {
    @TempDir
    static Path shared;

    private static final Leftovers LEFTOVERS = Leftovers.before();

    private static Daemon daemon;

    @BeforeAll
    static void start() {
        daemon = Daemon.start(shared);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> LEFTOVERS.noneBelow(daemon.root()));
        assertThat(daemon.root().resolve("worker/containers/bundles")).isEmptyDirectory();
        assertThat(daemon.root().resolve("worker/containers/state")).isEmptyDirectory();
    }

    /** What is done with a container whose root has busybox as its shell. */
    private interface Visit {
        void run(FrontendGateway gateway, GatewayContainer container) throws InterruptedException, IOException;
    }

    private static void visit(Visit visit) throws InterruptedException {
        SolveRequest request = new SolveRequest(
                new byte[0], "", Map.of(), Map.of("tools", Path.of("/bin")), List.of(), List.of(), List.of(), false);
        try (Client client = RemoteDaemon.connect(daemon.unix())) {
            client.build(
                    request,
                    gateway -> {
                        BuiltTree shell = gateway.solve(shell());
                        try (GatewayContainer container = gateway.open(ContainerRequest.of(shell))) {
                            visit.run(gateway, container);
                        } catch (IOException failed) {
                            throw new AssertionError(failed);
                        }
                        return FrontendAnswer.of(shell);
                    },
                    frame -> {});
        }
    }

    private static io.buildkit4j.llb.Definition shell() {
        State tools = Sources.state(Sources.local("tools", List.of("busybox"), List.of(), List.of()));
        return State.scratch()
                .file(
                        FileSteps.begin().makeDirectory("/bin", 0755, true).copy(tools, "/busybox", "/bin/sh"),
                        StepNote.plain())
                .marshal();
    }

    private static String said(ContainerProcess process, ByteArrayOutputStream out, int code)
            throws InterruptedException {
        assertThat(process.await()).isEqualTo(code);
        return out.toString(UTF_8);
    }

    @Test
    void aProcessReadsItsInputAndItsStreamsAreKeptApart() throws InterruptedException {
        visit((gateway, container) -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Command command = Command.of("/bin/sh", "-c", "read a; echo \"got $a\"; echo oops >&2; read b || exit 7");
            try (ContainerProcess process =
                    container.start(command, (stream, bytes) -> (stream == 1 ? out : err).writeBytes(bytes))) {
                process.input().write("one line\n".getBytes(UTF_8));
                process.input().close();
                assertThat(said(process, out, 7)).isEqualTo("got one line\n");
                assertThat(err.toString(UTF_8)).isEqualTo("oops\n");
            }
        });
    }

    @Test
    void severalProcessesShareOneContainerAndItsFilesCanBeRead() throws InterruptedException {
        visit((gateway, container) -> {
            Command waits = Command.of("/bin/sh", "-c", "mkdir /d; echo first > /d/a; read end");
            try (ContainerProcess first = container.start(waits, (stream, bytes) -> {})) {
                await().until(() -> container.read(0, "/d/a").isPresent());
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                Command looks = Command.of("/bin/sh", "-c", "read x < /d/a; echo \"$x, then second\" > /d/b; echo $$");
                try (ContainerProcess second = container.start(looks, (stream, bytes) -> out.writeBytes(bytes))) {
                    assertThat(said(second, out, 0).strip()).isNotEqualTo("1");
                }
                assertThat(container.read(0, "/d/b").map(bytes -> new String(bytes, UTF_8)))
                        .hasValue("first, then second\n");
                assertThat(container.list(0, "/d").stream().map(FileStat::path)).containsExactly("a", "b");
                assertThat(container.read(0, "/d/none")).isEmpty();
                first.input().write('\n');
                assertThat(first.await()).isZero();
            }
            assertThatThrownBy(() -> {
                        try (ContainerProcess late =
                                container.start(Command.of("/bin/sh", "-c", "true"), (s, b) -> {})) {
                            late.await();
                        }
                    })
                    .isInstanceOf(ClientFault.class);
        });
    }

    @Test
    void aTerminalHasASizeThatCanBeChanged() throws InterruptedException {
        visit((gateway, container) -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Command shell = new Command(
                    List.of("/bin/sh", "-c", "test -t 0 && echo terminal; read go; stty size"),
                    List.of(),
                    "/",
                    "",
                    Map.of(),
                    true);
            try (ContainerProcess process = container.start(shell, (stream, bytes) -> out.writeBytes(bytes))) {
                process.resize(33, 101);
                process.input().write("go\n".getBytes(UTF_8));
                assertThat(said(process, out, 0)).contains("terminal").contains("33 101");
            }
        });
    }

    @Test
    void signalsReachTheProcess() throws InterruptedException {
        visit((gateway, container) -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Command waits = Command.of(
                    "/bin/sh",
                    "-c",
                    "trap 'echo caught; exit 4' INT; echo ready > /ready; while true; do sleep 0.05; done");
            try (ContainerProcess process = container.start(waits, (stream, bytes) -> out.writeBytes(bytes))) {
                await().until(() -> container.read(0, "/ready").isPresent());
                process.signal("SIGINT");
                assertThat(said(process, out, 4)).isEqualTo("caught\n");
            }
        });
    }

    @Test
    void whatStillRunsIsKilledWithItsContainer() throws InterruptedException {
        visit((gateway, container) -> {
            ContainerProcess forgotten = container.start(Command.of("/bin/sh", "-c", "sleep 1000"), (s, b) -> {});
            assertThat(forgotten).isNotNull();
        });
    }

    @Test
    void aProgramThatIsNotThereIsSaid() throws InterruptedException {
        visit((gateway, container) -> {
            try (ContainerProcess process = container.start(Command.of("/bin/none"), (s, b) -> {})) {
                assertThatThrownBy(process::await)
                        .isInstanceOf(ClientFault.class)
                        .hasMessageContaining("/bin/none");
            }
        });
    }

    @Test
    void aContainerNeedsARootAndAnIdIsGoodForOne() throws InterruptedException {
        visit((gateway, container) -> {
            assertThat(Files.isDirectory(daemon.root())).isTrue();
            assertThatThrownBy(() -> gateway.open(new ContainerRequest(List.of(), true, "")))
                    .isInstanceOf(ClientFault.class)
                    .hasMessageContaining("no mount at /");
        });
    }
}

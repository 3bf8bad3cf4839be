package io.buildkit4j.buildd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.Progress;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveResult;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.StatusRequest;
import io.buildkit4j.wire.proto.control.StatusResponse;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds from a client's call to its answer, over a real socket, with the real store, solver, worker and runtime. */
@Tag("root")
@Timeout(90)
class SolveTest {
    private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private EmbeddedDaemon daemon;
    private Client client;
    private final List<Progress> frames = new ArrayList<>();

    @BeforeEach
    void start() throws InterruptedException {
        daemon = EmbeddedDaemon.start(Optional.of(folder.resolve("state")), false);
        client = RemoteDaemon.connect(daemon.address());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        daemon.close();
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
    }

    private static State hello(String name) {
        return State.scratch()
                .file(FileSteps.begin().makeFile("/" + name, 0644, HELLO), StepNote.named("write " + name));
    }

    private SolveRequest request(State state, String type, SolveRequest.Target target) {
        return new SolveRequest(
                state.marshal().encode(),
                "",
                Map.of(),
                Map.of(),
                List.of(new SolveRequest.Export(type, Map.of(), target)),
                List.of(),
                List.of(),
                false);
    }

    private SolveResult solve(State state, Path out) throws InterruptedException {
        frames.clear();
        return client.solve(request(state, "local", new SolveRequest.Target.Directory(out)), frames::add);
    }

    private List<Progress.VertexState> states(String name) {
        return frames.stream()
                .flatMap(frame -> frame.vertexes().stream())
                .filter(vertex -> vertex.name().equals(name))
                .toList();
    }

    private String output() {
        return frames.stream()
                .flatMap(frame -> frame.outputs().stream())
                .map(output -> new String(output.bytes(), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    @Test
    void aDefinitionBecomesFilesAtTheClientAndASecondBuildIsCached() throws InterruptedException {
        solve(hello("greeting"), folder.resolve("out"));
        assertThat(folder.resolve("out/greeting")).hasBinaryContent(HELLO);
        assertThat(states("write greeting").getLast().completed()).isPresent();
        assertThat(states("write greeting").getLast().cached()).isFalse();
        assertThat(states("exporting to client directory").getLast().completed())
                .isPresent();

        solve(hello("greeting"), folder.resolve("again"));
        assertThat(folder.resolve("again/greeting")).hasBinaryContent(HELLO);
        assertThat(states("write greeting").getLast().cached()).isTrue();
    }

    @Test
    void theCacheOutlivesTheDaemon() throws InterruptedException {
        solve(hello("kept"), folder.resolve("one"));
        client.close();
        daemon.close();
        start();
        solve(hello("kept"), folder.resolve("two"));
        assertThat(states("write kept").getLast().cached()).isTrue();
        assertThat(client.diskUsage(List.of())).isNotEmpty();
    }

    private List<StatusResponse> status(String ref) throws InterruptedException, StatusException {
        List<StatusResponse> all = new ArrayList<>();
        try (Connection connection = Connection.open(Address.parse(daemon.address()))) {
            var call = ControlGrpc.newBlockingV2Stub(connection.channel())
                    .status(StatusRequest.newBuilder().setRef(ref).build());
            for (StatusResponse next = call.read(); next != null; next = call.read()) {
                all.add(next);
            }
        }
        return all;
    }

    @Test
    void whoComesLateIsToldEverythingEvenAfterARestart() throws InterruptedException, StatusException {
        String ref = solve(hello("told"), folder.resolve("out")).reference();
        client.close();
        daemon.close();
        start();
        assertThat(status(ref).stream().flatMap(frame -> frame.getVertexesList().stream()))
                .anyMatch(vertex -> vertex.getName().equals("write told") && vertex.hasCompleted())
                .anyMatch(vertex -> vertex.getName().equals("exporting to client directory") && vertex.hasCompleted());
    }

    /** The static busybox of the machine as the only file of a root file system. */
    private static State busybox() throws IOException {
        return State.scratch()
                .file(
                        FileSteps.begin()
                                .makeDirectory("/bin", 0755, true)
                                .makeFile("/bin/sh", 0755, Files.readAllBytes(Path.of("/bin/busybox"))),
                        StepNote.named("busybox"));
    }

    private static State run(State root, String script) {
        return root.run(Run.args("/bin/sh", "-c", script), StepNote.named(script))
                .root();
    }

    @Test
    void aProcessRunsAndItsOutputComesWholeAndInOrder() throws InterruptedException, IOException {
        String script = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo done > /made";
        solve(run(busybox(), script), folder.resolve("out"));
        StringBuilder wanted = new StringBuilder();
        for (int i = 0; i < 20000; i++) {
            wanted.append("line ").append(i).append('\n');
        }
        assertThat(output()).isEqualTo(wanted.toString());
        assertThat(folder.resolve("out/made")).hasContent("done");
    }

    @Test
    void aFailingProcessIsNamedAndItsOutputKept() throws IOException {
        State failing = run(busybox(), "echo before; exit 7");
        assertThatThrownBy(() -> solve(failing, folder.resolve("out")))
                .isInstanceOf(ClientFault.class)
                .hasMessageContaining("exit code: 7");
        assertThat(output()).isEqualTo("before\n");
        assertThat(states("echo before; exit 7").getLast().error()).contains("exit code: 7");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void aCancelledBuildEndsAndLeavesNothing() throws IOException, InterruptedException {
        State endless = run(busybox(), "echo started; while true; do :; done");
        CountDownLatch started = new CountDownLatch(1);
        try (TaskScope scope = TaskScope.open("cancelled")) {
            scope.fork(() -> {
                try {
                    return client.solve(
                            request(endless, "local", new SolveRequest.Target.Directory(folder.resolve("out"))),
                            frame -> {
                                if (!frame.outputs().isEmpty()) {
                                    started.countDown();
                                }
                            });
                } finally {
                    started.countDown();
                }
            });
            started.await();
        }
        // the daemon is as good as before, and the step is gone: stopping would find it otherwise
        solve(hello("after"), folder.resolve("after"));
        assertThat(folder.resolve("after/after")).exists();
        org.awaitility.Awaitility.await()
                .untilAsserted(
                        () -> assertThat(processes("while true; do :; done")).isEmpty());
    }

    private static List<String> processes(String part) {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(part))
                .toList();
    }

    @Test
    void nothingToBuildIsSaid() {
        SolveRequest empty =
                new SolveRequest(new byte[0], "", Map.of(), Map.of(), List.of(), List.of(), List.of(), false);
        assertThatThrownBy(() -> client.solve(empty, frames::add))
                .isInstanceOfSatisfying(
                        ClientFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.INVALID_ARGUMENT));
    }

    @Test
    void anUnknownFrontendIsSaid() {
        SolveRequest unknown =
                new SolveRequest(new byte[0], "cobol.v0", Map.of(), Map.of(), List.of(), List.of(), List.of(), false);
        assertThatThrownBy(() -> client.solve(unknown, frames::add))
                .isInstanceOf(ClientFault.class)
                .hasMessageContaining("frontend cobol.v0 is not known");
    }

    @Test
    void aSecondDaemonOnOneStateDirectoryIsRefusedAndToldWhoHasIt() {
        assertThatThrownBy(() -> EmbeddedDaemon.start(Optional.of(folder.resolve("state")), false))
                .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }
}

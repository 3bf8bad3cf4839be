package io.buildkit4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Definitions through the real solver, store and runtime. The root file system is one static program from a web server. */
@Tag("root")
@Timeout(120)
class WorkerTest {
    @TempDir
    Path directory;

    private final ConcurrentLinkedQueue<BuildEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger transfers = new AtomicInteger();
    private final AtomicInteger jobs = new AtomicInteger();
    private final Registries registries = new Registries(Map.of());
    private HttpServer server;
    private Store store;
    private Worker worker;
    private Solver<Ref> solver;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/busybox", exchange -> {
            boolean same = "\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            exchange.getResponseHeaders().add("ETag", "\"v1\"");
            exchange.sendResponseHeaders(same ? 304 : 200, same ? -1 : busybox.length);
            if (!same) {
                transfers.incrementAndGet();
                exchange.getResponseBody().write(busybox);
            }
            exchange.close();
        });
        server.start();
        start();
    }

    private void start() throws InterruptedException {
        store = Store.open(directory.resolve("store"));
        worker = Worker.open(new WorkerOptions(
                List.of(new Crew("test", Map.of(), List.of(Platform.host()), new Crew.Runner.Oci("runc"))),
                directory.resolve("worker"),
                store,
                registries,
                (id, patience) -> Optional.empty(),
                WorkerSettings.DEFAULT));
        solver = Solvers.create(worker.results(), worker.keys(), SolverOptions.parallel(4));
    }

    private void stop() {
        solver.close();
        worker.close();
        store.close();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(store.usage()).noneMatch(record -> record.inUse());
        stop();
        server.stop(0);
        registries.close();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory.toString());
        assertThat(directory.resolve("worker/containers/state")).isEmptyDirectory();
        assertThat(directory.resolve("worker/containers/bundles")).isEmptyDirectory();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/busybox";
    }

    private State base() {
        SourceId.Http plain = Sources.http(url(), Optional.empty(), "busybox");
        SourceId.Http program = new SourceId.Http(
                plain.url(),
                plain.checksum(),
                plain.filename(),
                OptionalInt.of(0755),
                OptionalInt.of(0),
                OptionalInt.of(0),
                "",
                List.of());
        return Sources.state(program);
    }

    private static Run shell(String script) {
        return Run.args("/busybox", "sh", "-c", script);
    }

    private static State run(State state, String script) {
        return state.run(shell(script), StepNote.plain()).root();
    }

    private Ref solve(State state) throws InterruptedException {
        events.clear();
        Edge<Ref> edge = worker.load(state.marshal(), Grants.of("")).orElseThrow();
        try (Job<Ref> job = solver.open("job" + jobs.incrementAndGet(), "", events::add)) {
            return job.solve(edge);
        }
    }

    private String file(State state, String path) throws InterruptedException {
        try (Ref ref = solve(state)) {
            TreeEntry entry = ref.tree().find(path, true).orElseThrow(() -> new AssertionError(path + " is not there"));
            try (InputStream in = ref.tree().open(entry)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        }
    }

    private long ran() {
        return events.stream()
                .filter(event -> event instanceof BuildEvent.VertexChanged changed
                        && changed.completed().isPresent()
                        && !changed.cached())
                .count();
    }

    @Test
    void aProcessSeesItsRootAndItsResultIsKept() throws InterruptedException {
        State made = run(base(), "echo $PWD $PATH > /out; exec 2>&1; echo hello");
        assertThat(file(made, "/out")).isEqualTo("/ /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
        assertThat(events)
                .anyMatch(event -> event instanceof BuildEvent.Logged log
                        && new String(log.bytes(), StandardCharsets.UTF_8).equals("hello\n"));
        assertThat(ran()).isEqualTo(2);
        assertThat(file(made, "/out")).startsWith("/ ");
        assertThat(ran()).isZero();
    }

    @Test
    void aRestartFindsItAgainAndTransfersNothing() throws InterruptedException {
        State made = run(base(), "echo one > /out");
        assertThat(file(made, "/out")).isEqualTo("one\n");
        stop();
        start();
        assertThat(file(made, "/out")).isEqualTo("one\n");
        assertThat(ran()).isZero();
        assertThat(transfers).hasValue(1);
    }

    @Test
    void whatMountsLieOnDoesNotStay() throws InterruptedException {
        State tool = base().file(
                        FileSteps.begin()
                                .makeDirectory("/data", 0755, false)
                                .makeFile("/data/x", 0644, "x".getBytes(StandardCharsets.UTF_8)),
                        StepNote.plain());
        State made = base().run(
                        shell("/busybox cat /mnt/deep/data/x /etc/resolv.conf > /copy; /busybox ls / > /seen")
                                .mountReadOnly("/mnt/deep", tool)
                                .tmpfs("/scratch", 1 << 20),
                        StepNote.plain())
                .root();
        try (Ref ref = solve(made)) {
            assertThat(ref.tree().list("/").stream().map(TreeEntry::name)).containsExactly("busybox", "copy", "seen");
        }
        assertThat(file(made, "/copy")).startsWith("x");
        assertThat(file(made, "/seen")).contains("proc\n", "mnt\n", "scratch\n");
    }

    @Test
    void usersAreFoundByName() throws InterruptedException {
        FileSteps accounts = FileSteps.begin()
                .makeDirectory("/etc", 0755, true)
                .makeFile("/etc/passwd", 0644, "builder:x:1234:100::/:/sh\n".getBytes(StandardCharsets.UTF_8))
                .makeFile("/etc/group", 0644, "users:x:100:\nextra:x:77:a,builder\n".getBytes(StandardCharsets.UTF_8))
                .makeDirectory("/open", 0777, false);
        State with = base().file(accounts, StepNote.plain()).user("builder").directory("/srv/here");
        assertThat(file(run(with, "/busybox id > /srv/here/out"), "/srv/here/out"))
                .isEqualTo("uid=1234(builder) gid=100(users) groups=77(extra),100(users)\n");
        assertThatThrownBy(() -> solve(run(with.user("nobody-here"), "true")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("user \"nobody-here\" is not in /etc/passwd");
    }

    @Test
    void aFailureNamesTheCommandAndItsExitCode() {
        assertThatThrownBy(() -> solve(run(base(), "exit 7")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("process \"/busybox sh -c exit 7\" did not complete successfully: exit code: 7");
        assertThat(events).isNotEmpty();
    }

    @Test
    void chosenExitCodesAreNoFailure() throws InterruptedException {
        State made = base().run(shell("echo x > /out; exit 7").validExitCodes(List.of(7)), StepNote.plain())
                .root();
        assertThat(file(made, "/out")).isEqualTo("x\n");
    }

    @Test
    void otherMountsCanBeResultsToo() throws InterruptedException {
        State made = base().run(shell("echo y > /out/file").mount("/out", State.scratch()), StepNote.plain())
                .mount("/out")
                .orElseThrow();
        assertThat(file(made, "/file")).isEqualTo("y\n");
    }

    @Test
    void aReadOnlyRootStaysAsItIs() throws InterruptedException {
        State made = base().run(
                        shell("echo z > /new || echo refused > /out/file")
                                .readOnlyRootTree()
                                .mount("/out", State.scratch()),
                        StepNote.plain())
                .mount("/out")
                .orElseThrow();
        assertThat(file(made, "/file")).isEqualTo("refused\n");
    }

    @Test
    void aMountThatChangedElsewhereIsTheSameByContent() throws InterruptedException {
        for (String unseen : List.of("a", "b")) {
            State tree = State.scratch()
                    .file(
                            FileSteps.begin()
                                    .makeFile("/same", 0644, "s".getBytes(StandardCharsets.UTF_8))
                                    .makeFile("/" + unseen, 0644, new byte[0])
                                    .remove("/" + unseen, false, false),
                            StepNote.plain());
            State made = base().run(shell("/busybox cat /in/same > /out").mountReadOnly("/in", tree), StepNote.plain())
                    .root();
            assertThat(file(made, "/out")).isEqualTo("s");
        }
        assertThat(ran()).isEqualTo(1);
    }

    @Test
    void theSameNameSizeAndTimeWithOtherBytesIsAnotherKey() throws InterruptedException {
        for (String bytes : List.of("old", "new", "old")) {
            State tree = run(base(), "printf " + bytes + " > /f; /busybox touch -d @5 /f");
            State copied = State.scratch().file(FileSteps.begin().copy(tree, "/f", "/f"), StepNote.plain());
            State made = base().run(shell("/busybox cat /in/f > /out").mountReadOnly("/in", copied), StepNote.plain())
                    .root();
            assertThat(file(made, "/out")).isEqualTo(bytes);
        }
        assertThat(ran()).as("of what was seen before").isZero();
    }

    @Test
    void whatIsNotGrantedIsRefused() {
        State host = base().run(shell("true").network(Op.NetworkMode.HOST), StepNote.plain())
                .root();
        assertThatThrownBy(() -> worker.load(host.marshal(), Grants.of("")))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("network.host is not allowed");
        assertThat(worker.load(host.marshal(), new Grants("", java.util.Set.of(Entitlement.NETWORK_HOST))))
                .isPresent();
    }

    @Test
    void aLongChainLoads() {
        State state = base();
        for (int i = 0; i < 20_000; i++) {
            state = run(state, "exit " + i);
        }
        assertThat(worker.load(state.marshal(), Grants.of(""))).isPresent();
    }

    @Test
    void aDirectoryWithoutAClientIsExplained() {
        assertThatThrownBy(() -> solve(Sources.state(Sources.local("context"))))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("local directory \"context\"");
    }
}

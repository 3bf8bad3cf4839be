package io.buildkit4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps that end at any moment leave nothing; {@code -Dcancel.steps} says how many, {@code -Dcancel.seed} which. */
@Tag("root")
@Tag("long")
@Timeout(900)
class CancelStepsTest {
    private static final int STEPS = Integer.getInteger("cancel.steps", 40);
    private static final long SEED = Long.getLong("cancel.seed", System.nanoTime());

    @TempDir
    Path directory;

    private final Registries registries = new Registries(Map.of());
    private HttpServer server;
    private Store store;
    private Worker worker;
    private Solver<Ref> solver;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, busybox.length);
            exchange.getResponseBody().write(busybox);
            exchange.close();
        });
        server.start();
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

    @AfterEach
    void close() {
        solver.close();
        worker.close();
        store.close();
        registries.close();
        server.stop(0);
    }

    private Definition step(int number) {
        SourceId.Http program = new SourceId.Http(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                Optional.empty(),
                "busybox",
                OptionalInt.of(0755),
                OptionalInt.empty(),
                OptionalInt.empty(),
                "",
                List.of());
        String script = "echo " + number
                + " > /out; busybox setsid busybox sleep 3071 & busybox sleep 3072 & busybox sleep 3073";
        return Sources.state(program)
                .run(Run.args("/busybox", "sh", "-c", script), StepNote.plain())
                .root()
                .marshal();
    }

    private void solve(Definition definition, int number) throws InterruptedException {
        try (Job<Ref> job = solver.open("job" + number, "", event -> {})) {
            job.solve(worker.load(definition, Grants.of("")).orElseThrow()).close();
        }
    }

    @Test
    void nothingIsLeftOfThem() throws IOException, InterruptedException {
        System.out.println("cancelling " + STEPS + " steps, -Dcancel.seed=" + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < STEPS; i++) {
            int number = i;
            AtomicReference<Throwable> ended = new AtomicReference<>();
            Thread build = Thread.ofVirtual().start(() -> {
                try {
                    solve(step(number), number);
                } catch (InterruptedException | RuntimeException end) {
                    ended.set(end);
                }
            });
            Thread.sleep(random.nextInt(120), random.nextInt(1_000_000));
            build.interrupt();
            build.join();
            assertThat(ended.get()).as("step %d", i).isInstanceOf(InterruptedException.class);
        }
        assertThat(store.usage()).noneMatch(record -> record.inUse());
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory.toString());
        assertThat(directory.resolve("worker/containers/state")).isEmptyDirectory();
        assertThat(directory.resolve("worker/containers/bundles")).isEmptyDirectory();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains("sleep 307") || line.contains(directory.toString())))
                .isEmpty();
        String groups = Files.readString(directory.resolve("worker/containers/groups"));
        assertThat(below(groups)).as("containers' control groups").isEmpty();
    }

    /** Groups of containers, which are the grandchildren of the one that all of them have in common. */
    private static List<Path> below(String groups) throws IOException {
        Path mount = Path.of("/sys/fs/cgroup");
        try (Stream<Path> all = Files.find(
                mount,
                4,
                (path, attributes) ->
                        attributes.isDirectory() && path.toString().contains(groups))) {
            return all.filter(path -> path.toString().matches(".*/" + groups + "/[0-9]+/[^/]+"))
                    .toList();
        }
    }
}

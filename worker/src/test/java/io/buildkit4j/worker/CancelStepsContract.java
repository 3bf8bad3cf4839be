package io.buildkit4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps that end at any moment leave nothing, whoever runs them; {@code -Dcancel.steps} says how many, {@code -Dcancel.seed}
 * when. A few run at once. Half of them have a network of their own, made by the runtime; the others have one of the
 * worker's where the machine can make a bridge.
 */
@Tag("root")
@Timeout(1800)
abstract class CancelStepsContract {
    private static final int STEPS = Integer.getInteger("cancel.steps", 40);
    private static final int AT_ONCE = 3;
    /** What the processes of these steps sleep, and no other ones. */
    private static final long OWN = 40_000_000 + ProcessHandle.current().pid();

    private static final int LATEST = 250_000;
    private static final long SEED = Long.getLong("cancel.seed", System.nanoTime());

    @TempDir
    protected Path directory;

    private final String bridge = "bkc" + ThreadLocalRandom.current().nextInt(100_000);
    private final Registries registries = new Registries(Map.of());
    private HttpServer server;
    private Store store;
    private Worker worker;
    private Solver<Ref> solver;

    abstract Crew.Runner runner();

    /** The directory of its executor below the worker's. */
    abstract String place();

    /** What only this kind of worker could leave. */
    abstract void nothingOfItsOwnIsLeft() throws IOException;

    private WorkerSettings settings() {
        boolean possible = Files.isExecutable(Path.of("/usr/sbin/nft"))
                && ran("ip", "link", "add", bridge, "type", "bridge")
                && ran("ip", "link", "add", bridge + "p", "type", "veth");
        ran("ip", "link", "del", bridge + "p");
        int subnet = 10 << 24 | (128 + ThreadLocalRandom.current().nextInt(120)) << 16;
        WorkerSettings usual = WorkerSettings.DEFAULT;
        return new WorkerSettings(
                possible ? new WorkerSettings.Network.Bridge(bridge, subnet, 16, 2) : usual.network(),
                usual.cgroupParent(),
                usual.mostProcesses(),
                usual.names(),
                usual.denyPrivateAddresses());
    }

    private static boolean ran(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

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
                List.of(new Crew("test", Map.of(), List.of(Platform.host()), runner())),
                directory.resolve("worker"),
                store,
                registries,
                (id, patience) -> Optional.empty(),
                settings()));
        solver = Solvers.create(worker.results(), worker.keys(), SolverOptions.parallel(4));
    }

    @AfterEach
    void close() throws IOException {
        solver.close();
        worker.close();
        store.close();
        assertThat(Path.of("/run/netns").resolve(bridge + "-0-0")).doesNotExist();
        ran("ip", "link", "del", bridge);
        ran("nft", "delete", "table", "ip", "buildkit4j_" + bridge);
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
        String script = "echo " + number + " > /out; /busybox setsid /busybox sleep " + OWN + " & /busybox sleep " + OWN
                + " & /busybox sleep " + OWN;
        Run run = Run.args("/busybox", "sh", "-c", script);
        return Sources.state(program)
                .run(number % 2 == 0 ? run.network(Op.NetworkMode.NONE) : run, StepNote.plain())
                .root()
                .marshal();
    }

    private void solve(Definition definition, int number) throws InterruptedException {
        try (Job<Ref> job = solver.open("job" + number, "", event -> {})) {
            job.solve(worker.load(definition, Grants.of("")).orElseThrow()).close();
        }
    }

    private record Moment(int number, int microseconds) {}

    private Moment cancelled(Moment moment) throws InterruptedException {
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread build = Thread.ofVirtual().start(() -> {
            try {
                solve(step(moment.number), moment.number);
            } catch (InterruptedException | RuntimeException end) {
                ended.set(end);
            }
        });
        TimeUnit.MICROSECONDS.sleep(moment.microseconds);
        build.interrupt();
        build.join();
        assertThat(ended.get()).as("%s", moment).isInstanceOf(InterruptedException.class);
        return moment;
    }

    @Test
    void nothingIsLeftOfThem() throws IOException, InterruptedException {
        System.out.println("cancelling " + STEPS + " steps, -Dcancel.seed=" + SEED);
        Random random = new Random(SEED);
        List<Moment> moments = IntStream.range(0, STEPS)
                .mapToObj(number -> new Moment(number, random.nextInt(LATEST)))
                .toList();
        TaskScope.map("cancelled", moments, AT_ONCE, this::cancelled);
        assertThat(store.usage()).noneMatch(record -> record.inUse());
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory.toString());
        Path own = directory.resolve("worker").resolve(place());
        nothingOfItsOwnIsLeft();
        assertThat(own.resolve("bundles")).isEmptyDirectory();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains("sleep " + OWN) || line.contains(directory.toString())))
                .isEmpty();
        String groups = Files.readString(own.resolve("groups"));
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

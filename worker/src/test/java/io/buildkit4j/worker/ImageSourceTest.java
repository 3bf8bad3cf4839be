package io.buildkit4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Images from the distribution project's registry, put there by foreign tools. */
@Tag("root")
@Timeout(60)
@EnabledIf(value = "toolsInstalled", disabledReason = "needs docker-registry, skopeo and umoci")
class ImageSourceTest {
    @TempDir
    Path directory;

    private final AtomicLong transferred = new AtomicLong();
    private final AtomicLong ran = new AtomicLong();
    private String host = "";
    private Process registry;

    static boolean toolsInstalled() {
        return List.of("docker-registry", "skopeo", "umoci").stream()
                .allMatch(tool -> Files.isExecutable(Path.of("/usr/bin/" + tool)));
    }

    @BeforeEach
    void fillRegistry() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        host = "127.0.0.1:" + port;
        Path config = directory.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: %s}
                http: {addr: "%s"}
                """.formatted(directory.resolve("data"), host));
        registry = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        while (!listens(port)) {
            Thread.sleep(20);
        }
        String layout = directory.resolve("layout").toString();
        tool("umoci", "init", "--layout", layout);
        tool("umoci", "new", "--image", layout + ":t");
        tool("umoci", "insert", "--image", layout + ":t", "/bin/busybox", "/program");
        tool("umoci", "insert", "--image", layout + ":t", "/etc/passwd", "/etc/passwd");
        for (String tag : List.of("one", "two")) {
            tool(
                    "skopeo",
                    "copy",
                    "--quiet",
                    "--dest-tls-verify=false",
                    "oci:" + layout + ":t",
                    "docker://" + host + "/base:" + tag);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException expected) {
            return false;
        }
    }

    private static void tool(String... line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).as(String.join(" ", line)).isZero();
    }

    @AfterEach
    void stopRegistry() throws InterruptedException {
        registry.destroy();
        registry.waitFor();
    }

    private void heard(BuildEvent event) {
        if (event instanceof BuildEvent.StatusChanged status && status.id().startsWith("sha256:")) {
            transferred.incrementAndGet();
        }
        if (event instanceof BuildEvent.VertexChanged change
                && change.completed().isPresent()
                && !change.cached()) {
            ran.incrementAndGet();
        }
    }

    @Test
    void layersAreFetchedOnceForAllNamesOfAnImage() throws InterruptedException {
        try (Registries registries = new Registries(Map.of());
                Store store = Store.open(directory.resolve("store"));
                Worker worker = Worker.open(new WorkerOptions(
                        List.of(new Crew("test", Map.of(), List.of(Platform.host()), new Crew.Runner.Oci("runc"))),
                        directory.resolve("worker"),
                        store,
                        registries,
                        (id, patience) -> Optional.empty(),
                        WorkerSettings.DEFAULT));
                Solver<Ref> solver = Solvers.create(worker.results(), worker.keys(), SolverOptions.parallel(2))) {
            try (Ref image = solve(worker, solver, "one")) {
                assertThat(transferred).hasValue(0);
                image.fetch((id, current, total, done) -> transferred.incrementAndGet());
                assertThat(image.tree().find("/program", false)).isPresent();
                assertThat(image.tree().find("/etc/passwd", false)).isPresent();
            }
            assertThat(ran).hasValue(1);
            assertThat(transferred.getAndSet(0)).isPositive();
            try (Ref image = solve(worker, solver, "two")) {
                image.fetch((id, current, total, done) -> transferred.incrementAndGet());
                assertThat(image.tree().find("/program", false)).isPresent();
            }
            assertThat(ran).hasValue(1);
            assertThat(transferred).hasValue(0);
            assertThatThrownBy(() -> solve(worker, solver, "none"))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining(host + "/base:none");
        }
    }

    private Ref solve(Worker worker, Solver<Ref> solver, String tag) throws InterruptedException {
        Definition definition =
                Sources.state(Sources.image(host + "/base:" + tag)).marshal();
        try (Job<Ref> job = solver.open(tag, "", this::heard)) {
            return job.solve(worker.load(definition, Grants.of("")).orElseThrow());
        }
    }
}

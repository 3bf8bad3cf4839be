package io.buildkit4j.bench.process;

import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.WorkerSettings;
import io.buildkit4j.worker.network.Networks;
import io.buildkit4j.worker.process.RuncExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What starting a container costs over the bare runtime: the same bundle is run by {@code runc run} from this process, and by
 * the executor, with the machine's network and with one of its own; turn by turn, so that all meet the same noise.
 */
public final class StepCost {
    private static final int ROUNDS = 41;

    private StepCost() {}

    /** Needs root, runc and busybox; takes no arguments. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("step-cost");
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("busybox"));
        WorkerSettings bridge = new WorkerSettings(
                new WorkerSettings.Network.Bridge("stepcost0", 10 << 24 | 211 << 16, 16, 1),
                "",
                0,
                WorkerSettings.Names.HOST,
                false);
        List<Double> bare = new ArrayList<>();
        List<Double> host = new ArrayList<>();
        List<Double> own = new ArrayList<>();
        try (RuncExecutor executor = RuncExecutor.open("runc", folder.resolve("state"));
                Networks networks = Networks.open(bridge)) {
            Path bundle = Files.createDirectory(folder.resolve("bundle"));
            keepBundle(executor, root, folder, bundle);
            for (int i = 0; i < ROUNDS; i++) {
                bare.add(bare(bundle, folder.resolve("bare"), "bare-" + i));
                host.add(time(executor, root, Isolation.Network.HOST));
                long begun = System.nanoTime();
                try (Networks.Held held = networks.take(true)) {
                    time(executor, root, held.network());
                }
                own.add((System.nanoTime() - begun) / 1e6);
            }
        }
        show("runc run by itself", bare);
        show("the executor", host);
        show("the executor, a network of its own", own);
        new ProcessBuilder("ip", "link", "del", "stepcost0").start().waitFor();
        new ProcessBuilder("nft", "delete", "table", "ip", "buildkit4j_stepcost0")
                .start()
                .waitFor();
        new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }

    /** Takes a copy of what the executor gives the runtime, while a process runs that waits for it. */
    private static void keepBundle(RuncExecutor executor, Path root, Path folder, Path bundle)
            throws IOException, InterruptedException {
        Path fifo = root.resolve("go");
        Thread step = Thread.ofVirtual().start(() -> {
            try {
                executor.run(
                        request(root, Isolation.Network.HOST, "while ! [ -e /go ]; do :; done"), (s, b, o, n) -> {});
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        Thread.sleep(500);
        try (var bundles = Files.list(folder.resolve("state/bundles"))) {
            Path config = bundles.findFirst().orElseThrow().resolve("config.json");
            Files.writeString(
                    bundle.resolve("config.json"),
                    Files.readString(config).replace("while ! [ -e /go ]; do :; done", "true"));
        }
        Files.createFile(fifo);
        step.join();
    }

    private static double bare(Path bundle, Path state, String name) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        int code = new ProcessBuilder("runc", "--root", state.toString(), "run", "--bundle", bundle.toString(), name)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("runc ends with " + code);
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    private static ProcessRequest request(Path root, Isolation.Network network, String script) {
        ProcessRequest.Command command = new ProcessRequest.Command(
                List.of("/busybox", "sh", "-c", script),
                List.of("PATH=/"),
                "/",
                ProcessRequest.Identity.ROOT,
                List.of());
        Isolation isolation =
                new Isolation(network, false, Isolation.DEFAULT_HOSTNAME, List.of(), "", Optional.empty());
        return new ProcessRequest(root, false, command, List.of(), isolation);
    }

    private static double time(RuncExecutor executor, Path root, Isolation.Network network)
            throws InterruptedException {
        long begun = System.nanoTime();
        ProcessExit exit = executor.run(request(root, network, "true"), (stream, bytes, offset, length) -> {});
        if (exit.code() != 0) {
            throw new IllegalStateException(exit.describe());
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    private static void show(String what, List<Double> times) {
        Collections.sort(times);
        System.out.printf(
                Locale.ROOT,
                "%-36s median %.1f ms, quarter %.1f, least %.1f%n",
                what,
                times.get(ROUNDS / 2),
                times.get(ROUNDS / 4),
                times.getFirst());
    }
}

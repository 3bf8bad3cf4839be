package io.buildkit4j.bench.spine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The figures of the spine. Usage: {@code bench/spine [FIGURE...]} with the environment variables {@code BUILDCTL} and
 * {@code BUILDD} naming other programs to measure with the same harness (today's flags only are used).
 */
public final class Spine {
    private static final String BASE = """
            FROM scratch AS base
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "--install", "-s", "/bin"]
            """;

    private final Path folder;
    private final String buildctl;
    private final String buildd;
    private final Stopwatch watch;
    private int fresh;

    private Spine(Path folder) {
        this.folder = folder;
        this.watch = new Stopwatch(folder.resolve("client.log"));
        Map<String, String> environment = System.getenv();
        String top = environment.getOrDefault("PROJECT_TOP", ".");
        this.buildctl = environment.getOrDefault("BUILDCTL", top + "/bin/buildctl");
        this.buildd = environment.getOrDefault("BUILDD", top + "/bin/buildd");
    }

    /** Runs the named figures, or all. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("bench-spine");
        try {
            Spine spine = new Spine(folder);
            List<String> wanted = List.of(arguments);
            spine.coldStart(wanted);
            Process daemon = spine.start(folder.resolve("root"));
            try {
                for (Map.Entry<String, Figure> figure : spine.figures().entrySet()) {
                    if (wanted.isEmpty() || wanted.contains(figure.getKey())) {
                        figure.getValue().measure();
                    }
                }
                spine.watch.noteOther("resident memory after all of it", resident(daemon.pid()) + " MiB");
            } finally {
                stop(daemon);
            }
            System.out.print(spine.watch.table());
        } finally {
            delete(folder);
        }
    }

    /** One figure of the table. */
    @FunctionalInterface
    private interface Figure {
        void measure() throws Exception;
    }

    private Map<String, Figure> figures() {
        Map<String, Figure> figures = new TreeMap<>();
        figures.put("1-cached", this::cached);
        figures.put("2-chain", this::chain);
        figures.put("3-parallel", this::parallel);
        figures.put("4-fileops", this::fileOps);
        figures.put("5-context", this::context);
        figures.put("6-warm", () -> warm(warm -> warm.cached(twentySteps())));
        figures.put("7-shared", () -> warm(warm -> warm.shared(BASE)));
        return figures;
    }

    private void coldStart(List<String> wanted) throws IOException, InterruptedException {
        if (!wanted.isEmpty() && !wanted.contains("0-start")) {
            return;
        }
        double[] seconds = new double[5];
        long memory = 0;
        for (int run = 0; run < seconds.length; run++) {
            long begin = System.nanoTime();
            Process daemon = start(folder.resolve("cold"));
            seconds[run] = (System.nanoTime() - begin) / 1e9;
            memory = resident(daemon.pid());
            stop(daemon);
        }
        watch.note("daemon start until it answers", seconds);
        watch.noteOther("resident memory after start", memory + " MiB");
    }

    private Process start(Path root) throws IOException, InterruptedException {
        Path socket = folder.resolve("d.sock");
        Process daemon = new ProcessBuilder(buildd, "--root", root.toString(), "--addr", "unix://" + socket)
                .redirectOutput(folder.resolve("daemon.log").toFile())
                .redirectErrorStream(true)
                .start();
        while (!answers(socket)) {
            if (!daemon.isAlive()) {
                throw new IllegalStateException("buildd ended: " + Files.readString(folder.resolve("daemon.log")));
            }
            Thread.sleep(2);
        }
        return daemon;
    }

    private static boolean answers(Path socket) {
        try (var channel = java.nio.channels.SocketChannel.open(java.net.UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void stop(Process daemon) throws InterruptedException {
        daemon.destroy();
        if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
            daemon.destroyForcibly().waitFor();
        }
    }

    private static long resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    private double build(Path context) throws IOException, InterruptedException {
        return watch.once(
                List.of(
                        buildctl,
                        "--addr",
                        "unix://" + folder.resolve("d.sock"),
                        "build",
                        "--progress=plain",
                        "--frontend=dockerfile.v0",
                        "--local",
                        "context=" + context,
                        "--local",
                        "dockerfile=" + context),
                Path.of("/dev/null"));
    }

    private Path newContext(String dockerfile) throws IOException {
        Path context = Files.createDirectories(folder.resolve("context-" + fresh++));
        Files.copy(Path.of("/bin/busybox"), context.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(context.resolve("Dockerfile"), BASE + dockerfile);
        return context;
    }

    /** What a client in this process measures. */
    @FunctionalInterface
    private interface Measurement {
        void run(Warm warm) throws Exception;
    }

    private void warm(Measurement measurement) throws Exception {
        try (Warm warm = new Warm("unix://" + folder.resolve("d.sock"), folder, watch)) {
            measurement.run(warm);
        }
    }

    private Path twentySteps() throws IOException {
        StringBuilder steps = new StringBuilder("FROM base\n");
        for (int step = 0; step < 17; step++) {
            steps.append("RUN echo ")
                    .append(step)
                    .append(" > /step")
                    .append(step)
                    .append('\n');
        }
        return newContext(steps.toString());
    }

    private void cached() throws IOException, InterruptedException {
        Path context = twentySteps();
        build(context);
        double[] seconds = new double[11];
        for (int run = 0; run < seconds.length; run++) {
            seconds[run] = build(context);
        }
        watch.note("fully cached build of 20 steps", seconds);
    }

    private void chain() throws IOException, InterruptedException {
        double[] seconds = new double[5];
        build(newContext("FROM base\n"));
        for (int run = 0; run < seconds.length; run++) {
            StringBuilder steps = new StringBuilder("FROM base\n");
            for (int step = 0; step < 20; step++) {
                steps.append("RUN echo ")
                        .append(run)
                        .append(' ')
                        .append(step)
                        .append(" > /s")
                        .append(step)
                        .append('\n');
            }
            seconds[run] = build(newContext(steps.toString()));
        }
        watch.note("20 chained RUN steps", seconds);
    }

    private void parallel() throws IOException, InterruptedException {
        double[] seconds = new double[5];
        for (int run = 0; run < seconds.length; run++) {
            StringBuilder steps = new StringBuilder();
            for (int stage = 0; stage < 30; stage++) {
                steps.append("FROM base AS s")
                        .append(stage)
                        .append("\nRUN echo ")
                        .append(run)
                        .append(" > /o")
                        .append(stage)
                        .append('\n');
            }
            steps.append("FROM scratch\n");
            for (int stage = 0; stage < 30; stage++) {
                steps.append("COPY --from=s")
                        .append(stage)
                        .append(" /o")
                        .append(stage)
                        .append(" /\n");
            }
            seconds[run] = build(newContext(steps.toString()));
        }
        watch.note("30 parallel stages", seconds);
    }

    private void fileOps() throws IOException, InterruptedException {
        double[] first = new double[3];
        double[] again = new double[3];
        for (int run = 0; run < first.length; run++) {
            Path definition = folder.resolve("fileops-" + run + ".llb");
            FileOps.write(definition, 20, 100, "run " + run);
            List<String> command =
                    List.of(buildctl, "--addr", "unix://" + folder.resolve("d.sock"), "build", "--progress=plain");
            first[run] = watch.once(command, definition);
            again[run] = watch.once(command, definition);
        }
        watch.note("2,000 file ops in 20 chains, first", first);
        watch.note("2,000 file ops in 20 chains, cached", again);
    }

    private void context() throws IOException, InterruptedException {
        double[] first = new double[3];
        double[] changed = new double[3];
        double[] unchanged = new double[3];
        for (int run = 0; run < first.length; run++) {
            Path context = newContext("FROM scratch\nCOPY tree /tree\n");
            byte[] content = new byte[2000];
            for (int file = 0; file < 30_000; file++) {
                Path directory = context.resolve("tree/d" + file / 300);
                if (file % 300 == 0) {
                    Files.createDirectories(directory);
                }
                new java.util.Random(run * 100_000L + file).nextBytes(content);
                Files.write(directory.resolve("f" + file), content);
            }
            first[run] = build(context);
            Files.writeString(context.resolve("tree/d7/f2222"), "changed");
            changed[run] = build(context);
            unchanged[run] = build(context);
            delete(context);
        }
        watch.note("context of 30,000 files, first", first);
        watch.note("context of 30,000 files, one changed", changed);
        watch.note("context of 30,000 files, unchanged", unchanged);
    }

    private static void delete(Path tree) throws IOException {
        List<Path> all = new ArrayList<>();
        try (var walk = Files.walk(tree)) {
            walk.forEach(all::add);
        }
        for (Path path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}

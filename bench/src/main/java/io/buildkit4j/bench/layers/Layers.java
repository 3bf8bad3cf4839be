package io.buildkit4j.bench.layers;

import io.buildkit4j.bench.spine.Stopwatch;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The figures of layers. Usage: {@code bench/layers [FIGURE...]} with the environment variables {@code BUILDCTL} and
 * {@code BUILDD} naming other programs to measure with the same harness.
 */
public final class Layers {
    private static final long TREE = 512L << 20;
    private static final int RUNS = 3;

    private final Path folder;
    private final Stopwatch watch;
    private final String buildctl;
    private final String buildd;
    private final List<String> wanted;

    private Layers(Path folder, List<String> wanted) {
        this.folder = folder;
        this.wanted = wanted;
        this.watch = new Stopwatch(folder.resolve("client.log"));
        Map<String, String> environment = System.getenv();
        String top = environment.getOrDefault("PROJECT_TOP", ".");
        this.buildctl = environment.getOrDefault("BUILDCTL", top + "/bin/buildctl");
        this.buildd = environment.getOrDefault("BUILDD", top + "/bin/buildd");
    }

    /** Runs the named figures, or all: {@code gzip zstd uncompressed estargz pull files big}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("bench-layers");
        try {
            Layers layers = new Layers(folder, List.of(arguments));
            layers.binaries();
            layers.exports();
            if (layers.wants("pull")) {
                layers.pull();
            }
            if (layers.wants("files")) {
                layers.files();
            }
            if (layers.wants("big")) {
                layers.big();
            }
            System.out.print(layers.watch.table());
        } finally {
            new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
        }
    }

    private boolean wants(String figure) {
        return wanted.isEmpty() || wanted.contains(figure);
    }

    // ---- exports

    private void binaries() throws IOException {
        if (List.of("gzip", "zstd", "uncompressed", "estargz", "pull").stream().anyMatch(this::wants)) {
            Path context = Files.createDirectories(folder.resolve("context"));
            Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY tree /tree\n");
            copyBinaries(context.resolve("tree"));
        }
    }

    private void exports() throws IOException, InterruptedException {
        for (String compression : List.of("gzip", "zstd", "uncompressed", "estargz")) {
            if (wants(compression)) {
                export(folder.resolve("context"), compression);
            }
        }
    }

    /** On a daemon of its own for each run, whose only layer is made, packed and sent. */
    private void export(Path context, String compression) throws IOException, InterruptedException {
        double[] seconds = new double[RUNS];
        double[] processor = new double[RUNS];
        long peak = 0;
        Path archive = folder.resolve("image.tar");
        for (int run = 0; run < RUNS; run++) {
            try (Running daemon = new Running(folder.resolve("export-" + compression + run))) {
                build(daemon, context);
                double before = daemon.processor();
                seconds[run] =
                        build(daemon, context, "--output", "type=oci,dest=" + archive + ",compression=" + compression);
                processor[run] = daemon.processor() - before;
                peak = Math.max(peak, daemon.peak());
            }
        }
        watch.note("512 MiB of binaries as OCI archive, " + compression, seconds);
        watch.note("… processor time of the daemon", processor);
        watch.noteOther("… size, peak daemon memory", (Files.size(archive) >> 10) + " KiB, " + peak + " MiB");
        if (compression.equals("gzip")) {
            watch.noteOther("… size with gzip -6", (gzipped() >> 10) + " KiB");
        }
    }

    private long gzipped() throws IOException, InterruptedException {
        Path packed = folder.resolve("tree.tar.gz");
        new ProcessBuilder("sh", "-c", "tar -C context -c tree | gzip -6 > tree.tar.gz")
                .directory(folder.toFile())
                .start()
                .waitFor();
        return Files.size(packed);
    }

    /** Regular files of this machine's libraries in an order that is the same each time, until there are enough. */
    private static void copyBinaries(Path to) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String place : List.of("/usr/lib/gcc", "/usr/lib/python3", "/usr/lib/x86_64-linux-gnu", "/usr/lib/jvm")) {
            if (Files.isDirectory(Path.of(place))) {
                try (Stream<Path> all = Files.walk(Path.of(place))) {
                    all.filter(path -> Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                            .forEach(files::add);
                }
            }
        }
        Collections.sort(files);
        Collections.shuffle(files, new Random(1));
        long size = 0;
        for (Path file : files) {
            if (size + Files.size(file) > TREE) {
                continue;
            }
            size += Files.size(file);
            Path copy = to.resolve(file.toString().substring(1));
            Files.createDirectories(copy.resolve(".."));
            Files.copy(file, copy);
        }
    }

    // ---- pull

    private void pull() throws IOException, InterruptedException {
        Path context = eightLayers();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process registry = registry(port);
        try {
            String name = "127.0.0.1:" + port + "/bench/eight:v1";
            try (Running daemon = new Running(folder.resolve("push"))) {
                build(daemon, context, "--output", "type=image,push=true,name=" + name);
            }
            Path from = Files.createDirectories(folder.resolve("from"));
            Files.writeString(from.resolve("Dockerfile"), "FROM " + name + "\n");
            double[] seconds = new double[RUNS];
            long peak = 0;
            for (int run = 0; run < RUNS; run++) {
                try (Running daemon = new Running(folder.resolve("pull" + run))) {
                    seconds[run] = build(daemon, from);
                    peak = Math.max(peak, daemon.peak());
                }
            }
            watch.note("8 layers of 48 MiB pulled and unpacked", seconds);
            watch.noteOther("… peak daemon memory", peak + " MiB");
        } finally {
            registry.destroy();
            registry.waitFor();
        }
    }

    private Path eightLayers() throws IOException {
        Path context = Files.createDirectories(folder.resolve("eight"));
        StringBuilder dockerfile = new StringBuilder("FROM scratch\n");
        List<Path> tree;
        try (Stream<Path> all = Files.walk(folder.resolve("context/tree"))) {
            tree = all.filter(Files::isRegularFile).sorted().toList();
        }
        int next = 0;
        for (int layer = 0; layer < 8; layer++) {
            long size = 0;
            while (size < 48 << 20 && next < tree.size()) {
                Path file = tree.get(next++);
                Path copy = context.resolve("l" + layer + "/" + next);
                Files.createDirectories(copy.resolve(".."));
                Files.copy(file, copy);
                size += Files.size(file);
            }
            dockerfile
                    .append("COPY l")
                    .append(layer)
                    .append(" /l")
                    .append(layer)
                    .append('\n');
        }
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        return context;
    }

    private Process registry(int port) throws IOException, InterruptedException {
        Path config = folder.resolve("registry.yml");
        Files.writeString(
                config,
                "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage:\n  filesystem: {rootdirectory: "
                        + folder.resolve("registry") + "}\nhttp: {addr: \"127.0.0.1:" + port + "\"}\n");
        Process registry = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("registry.log").toFile())
                .start();
        while (registry.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    break;
                }
            } catch (IOException notYet) {
                Thread.sleep(20);
            }
        }
        return registry;
    }

    // ---- file sync

    /** Each run with an empty state: a first build, the same again, and again with one file changed. */
    private void files() throws IOException, InterruptedException {
        Path context = manyFiles();
        double[][] seconds = new double[3][RUNS];
        double[][] processor = new double[3][RUNS];
        long peak = 0;
        long after = 0;
        for (int run = 0; run < RUNS; run++) {
            try (Running daemon = new Running(folder.resolve("files" + run))) {
                for (int step = 0; step < 3; step++) {
                    if (step == 2) {
                        Files.writeString(context.resolve("tree/d7/f2222"), "changed " + run);
                    }
                    double before = daemon.processor();
                    seconds[step][run] = build(daemon, context);
                    processor[step][run] = daemon.processor() - before;
                }
                peak = Math.max(peak, daemon.peak());
                if (run == RUNS - 1) {
                    Thread.sleep(10_000);
                    after = daemon.resident();
                }
            }
        }
        List<String> names = List.of("first", "unchanged", "one changed");
        for (int step = 0; step < 3; step++) {
            watch.note("30,000 files of 2 kB, " + names.get(step), seconds[step]);
            watch.note("… processor time of the daemon", processor[step]);
        }
        watch.noteOther("… peak daemon memory, 10 s later", peak + " MiB, " + after + " MiB");
    }

    private Path manyFiles() throws IOException {
        Path context = Files.createDirectories(folder.resolve("files"));
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY tree /tree\n");
        byte[] content = new byte[2000];
        for (int file = 0; file < 30_000; file++) {
            Path directory = context.resolve("tree/d" + file / 300);
            if (file % 300 == 0) {
                Files.createDirectories(directory);
            }
            new Random(file).nextBytes(content);
            Files.write(directory.resolve("f" + file), content);
        }
        return context;
    }

    private void big() throws IOException, InterruptedException {
        Path context = Files.createDirectories(folder.resolve("big"));
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY big /big\n");
        byte[] piece = new byte[1 << 20];
        Random random = new Random(1);
        try (OutputStream out = Files.newOutputStream(context.resolve("big"))) {
            for (long done = 0; done < TREE; done += piece.length) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        double[] seconds = new double[RUNS];
        long peak = 0;
        for (int run = 0; run < RUNS; run++) {
            try (Running daemon = new Running(folder.resolve("big" + run))) {
                seconds[run] = build(daemon, context);
                peak = Math.max(peak, daemon.peak());
            }
        }
        watch.note("one file of 512 MiB", seconds);
        watch.noteOther("… peak daemon memory", peak + " MiB");
    }

    // ---- programs

    private double build(Running daemon, Path context, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                buildctl,
                "--addr",
                daemon.address(),
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                "--local",
                "context=" + context,
                "--local",
                "dockerfile=" + context));
        command.addAll(List.of(more));
        return watch.once(command, Path.of("/dev/null"));
    }

    /** A daemon with an empty state. */
    private final class Running implements AutoCloseable {
        private final Process process;
        private final Path socket;

        Running(Path root) throws IOException, InterruptedException {
            socket = folder.resolve("d.sock");
            process = new ProcessBuilder(buildd, "--root", root.toString(), "--addr", "unix://" + socket)
                    .redirectOutput(folder.resolve("daemon.log").toFile())
                    .redirectErrorStream(true)
                    .start();
            while (!answers()) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("buildd ended: " + Files.readString(folder.resolve("daemon.log")));
                }
                Thread.sleep(5);
            }
        }

        private boolean answers() {
            try (var channel = java.nio.channels.SocketChannel.open(java.net.UnixDomainSocketAddress.of(socket))) {
                return channel.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        }

        String address() {
            return "unix://" + socket;
        }

        long peak() throws IOException {
            return status("VmHWM:");
        }

        long resident() throws IOException {
            return status("VmRSS:");
        }

        private long status(String field) throws IOException {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        }

        /** Seconds of processor time so far. */
        double processor() {
            return process.info()
                    .totalCpuDuration()
                    .map(duration -> duration.toMillis() / 1e3)
                    .orElse(0.0);
        }

        /** Leaves the state where it is: ext4 looks long for room where something was removed a moment ago. */
        @Override
        public void close() {
            process.destroy();
            process.onExit()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .exceptionally(late -> process.destroyForcibly())
                    .join();
        }
    }
}

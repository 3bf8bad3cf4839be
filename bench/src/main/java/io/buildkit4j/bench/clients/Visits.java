package io.buildkit4j.bench.clients;

import io.buildkit4j.bench.spine.Stopwatch;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.ConnectedSessions;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.Listener;
import io.buildkit4j.wire.ServedSession;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.SessionOffer;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a visit to a daemon costs when nothing is to be done: a fully cached build of 20 steps by {@code docker buildx}, by
 * {@code buildctl}, and by 1, 16 and 64 clients at once with a connection and a session each; and a session alone. Usage:
 * {@code bench/clients}; {@code BUILDX}, {@code BUILDCTL} and {@code BUILDD} name other programs.
 */
public final class Visits {
    private static final int RUNS = 11;
    private static final int WARMING = 200;

    private final Path folder;
    private final Stopwatch watch;
    private final Path context;
    private final String address;
    private final String top = System.getenv().getOrDefault("PROJECT_TOP", ".");

    private Visits(Path folder) throws IOException {
        this.folder = folder;
        this.watch = new Stopwatch(folder.resolve("client.log"));
        this.context = Files.createDirectories(folder.resolve("context"));
        this.address = "unix://" + folder.resolve("d.sock");
        StringBuilder steps = new StringBuilder("FROM scratch\n");
        for (int i = 0; i < 20; i++) {
            Files.writeString(context.resolve("f" + i), "file " + i);
            steps.append("COPY f").append(i).append(" /f").append(i).append('\n');
        }
        Files.writeString(context.resolve("Dockerfile"), steps);
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("bench-clients");
        try {
            new Visits(folder).run();
        } finally {
            new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
        }
    }

    private void run() throws IOException, InterruptedException {
        session();
        Process daemon = new ProcessBuilder(
                        program("BUILDD", "bin/buildd"),
                        "--root",
                        folder.resolve("root").toString(),
                        "--addr",
                        address)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("daemon.log").toFile())
                .start();
        try {
            while (!Files.exists(folder.resolve("d.sock"))) {
                Thread.sleep(20);
            }
            crowds();
            processes();
        } finally {
            daemon.destroy();
            daemon.waitFor();
        }
        System.out.print(watch.table());
    }

    private String program(String variable, String usual) {
        return System.getenv().getOrDefault(variable, top + "/" + usual);
    }

    // ---- processes: from their start to their end

    private void processes() throws IOException, InterruptedException {
        Path place = context.toAbsolutePath();
        processes(
                "buildctl: fully cached build of 20 steps",
                List.of(
                        program("BUILDCTL", "bin/buildctl"),
                        "--addr",
                        address,
                        "build",
                        "--progress=plain",
                        "--frontend=dockerfile.v0",
                        "--local",
                        "context=" + place,
                        "--local",
                        "dockerfile=" + place));
        String buildx = program("BUILDX", ".build/docker-buildx");
        List<String> visitor = List.of("env", "HOME=" + folder, "BUILDKIT_PROGRESS=plain", buildx);
        List<String> create = new ArrayList<>(visitor);
        create.addAll(List.of("create", "--name", "bench", "--driver", "remote", "--use", address));
        watch.once(create, Path.of("/dev/null"));
        List<String> build = new ArrayList<>(visitor);
        build.addAll(List.of("build", place.toString()));
        processes("docker buildx: the same", build);
    }

    private void processes(String figure, List<String> command) throws IOException, InterruptedException {
        watch.once(command, Path.of("/dev/null"));
        double[] seconds = new double[RUNS];
        for (int run = 0; run < seconds.length; run++) {
            seconds[run] = watch.once(command, Path.of("/dev/null"));
        }
        watch.note(figure, seconds);
    }

    // ---- many at once, from one JVM that is warm

    private void crowds() throws InterruptedException {
        for (int warming = 0; warming < WARMING; warming++) {
            visit();
        }
        for (int clients : new int[] {1, 16, 64}) {
            double[] seconds = new double[RUNS];
            for (int run = 0; run < seconds.length; run++) {
                long begin = System.nanoTime();
                TaskScope.map("crowd", IntStream.range(0, clients).boxed().toList(), clients, client -> visit());
                seconds[run] = (System.nanoTime() - begin) / 1e9;
            }
            watch.note(clients + " clients at once, one such build each", seconds);
        }
    }

    private String visit() throws InterruptedException {
        SolveRequest request = new SolveRequest(
                new byte[0],
                "dockerfile.v0",
                Map.of(),
                Map.of("context", context, "dockerfile", context),
                List.of(),
                List.of(),
                List.of(),
                false);
        try (Client client = RemoteDaemon.connect(address)) {
            return client.solve(request, frame -> {}).reference();
        }
    }

    // ---- a session alone

    private void session() throws InterruptedException {
        SessionOffer.Logins logins = host -> Optional.of(new Credentials("somebody", host));
        SessionOffer offer = new SessionOffer(
                "bench",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.of(logins),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        double[] seconds = new double[101];
        try (ConnectedSessions sessions = new ConnectedSessions();
                Listener listener = Listener.open(
                        Address.parse("unix://" + folder.resolve("s.sock")), List.of(new Door(sessions)))) {
            for (int visit = 0; visit < WARMING + seconds.length; visit++) {
                long begin = System.nanoTime();
                asked(listener.address(), sessions, offer);
                seconds[Math.max(0, visit - WARMING)] = (System.nanoTime() - begin) / 1e9;
            }
        }
        watch.note("connection, session, a question and its answer", seconds);
    }

    private static void asked(Address address, ConnectedSessions sessions, SessionOffer offer)
            throws InterruptedException {
        try (Connection connection = Connection.open(address);
                ServedSession served = ServedSession.open(connection, offer)) {
            sessions.find(served.id(), Duration.ofSeconds(10)).orElseThrow().credentials("registry");
        }
    }

    /** The daemon's part of a session and nothing else of it. */
    private static final class Door extends ControlGrpc.ControlImplBase {
        private final ConnectedSessions sessions;

        Door(ConnectedSessions sessions) {
            this.sessions = sessions;
        }

        @Override
        public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> caller) {
            return sessions.serve(caller);
        }
    }
}

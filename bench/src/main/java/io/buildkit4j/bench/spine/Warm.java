package io.buildkit4j.bench.spine;

import io.buildkit4j.client.Client;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Builds by a client that is there already, so that no process starts within what is measured. */
final class Warm implements AutoCloseable {
    private static final int WARMING = 700;
    private static final int BUILDS = 16;

    private final Client client;
    private final Path folder;
    private final Stopwatch watch;

    Warm(String address, Path folder, Stopwatch watch) {
        this.client = RemoteDaemon.connect(address);
        this.folder = folder;
        this.watch = watch;
    }

    /** A fully cached Dockerfile, from request to response: session, context and all. */
    void cached(Path context) throws InterruptedException {
        for (int run = 0; run < WARMING; run++) {
            build(context, Map.of());
        }
        double[] seconds = new double[51];
        for (int run = 0; run < seconds.length; run++) {
            seconds[run] = build(context, Map.of());
        }
        watch.note("fully cached build of 20 steps, all warm", seconds);
    }

    /** Builds at once whose first step is the same and whose second is not. */
    void shared(String base) throws IOException, InterruptedException, ExecutionException {
        double[] first = new double[3];
        double[] second = new double[3];
        double[] both = new double[3];
        int ran = 0;
        for (int run = 0; run < both.length; run++) {
            Path apart = context(base, "apart " + run);
            first[run] = build(apart, Map.of("target", "shared"));
            second[run] = together(apart);
            Path whole = context(base, "whole " + run);
            both[run] = together(whole);
            build(whole, Map.of("target", "count"), folder.resolve("count" + run));
            ran += Files.readAllLines(folder.resolve("count" + run + "/log")).size();
        }
        watch.note("a step that 16 builds share, alone", first);
        watch.note("what the 16 builds do besides, at once", second);
        watch.note("the 16 builds, at once", both);
        watch.noteOther("runs of the shared step in " + both.length + " rounds", String.valueOf(ran));
    }

    private Path context(String base, String name) throws IOException {
        Path context = Files.createDirectories(folder.resolve(name.replace(' ', '-')));
        Files.copy(Path.of("/bin/busybox"), context.resolve("busybox"));
        Files.writeString(context.resolve("Dockerfile"), base + """
                FROM base AS shared
                RUN --mount=type=cache,id=%1$s,target=/c echo %1$s >> /c/log; head -c 300000000 /dev/zero | sha256sum > /s
                FROM shared AS distinct
                ARG NUMBER
                RUN head -c 60000000 /dev/zero | sha256sum; echo $NUMBER > /n
                FROM base AS counted
                RUN --mount=type=cache,id=%1$s,target=/c cp /c/log /log
                FROM scratch AS count
                COPY --from=counted /log /log
                """.formatted(name.replace(' ', '-')));
        return context;
    }

    private double together(Path context) throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Double>> builds = new ArrayList<>(BUILDS);
            for (int number = 0; number < BUILDS; number++) {
                Map<String, String> options = Map.of("target", "distinct", "build-arg:NUMBER", String.valueOf(number));
                builds.add(() -> build(context, options));
            }
            for (Future<Double> build : threads.invokeAll(builds)) {
                build.get();
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private double build(Path context, Map<String, String> options) throws InterruptedException {
        return build(context, options, List.of());
    }

    private void build(Path context, Map<String, String> options, Path outcome) throws InterruptedException {
        build(
                context,
                options,
                List.of(new SolveRequest.Export("local", Map.of(), new SolveRequest.Target.Directory(outcome))));
    }

    private double build(Path context, Map<String, String> options, List<SolveRequest.Export> exports)
            throws InterruptedException {
        long begin = System.nanoTime();
        client.solve(
                new SolveRequest(
                        new byte[0],
                        "dockerfile.v0",
                        options,
                        Map.of("context", context, "dockerfile", context),
                        exports,
                        List.of(),
                        List.of(),
                        false),
                frame -> {});
        return (System.nanoTime() - begin) / 1e9;
    }

    @Override
    public void close() {
        client.close();
    }
}

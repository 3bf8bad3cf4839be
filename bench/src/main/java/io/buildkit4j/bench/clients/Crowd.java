package io.buildkit4j.bench.clients;

import io.buildkit4j.client.Client;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A crowd of clients, each with a connection and a session of its own, builds one file at the same time; then what the daemon
 * has of threads, descriptors and memory is compared with what it had: {@code Crowd ADDRESS PID CLIENTS ROUNDS}.
 */
public final class Crowd {
    private Crowd() {}

    /** Prints a line a round. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String address = arguments[0];
        long daemon = Long.parseLong(arguments[1]);
        int clients = Integer.parseInt(arguments[2]);
        say("before", daemon, 0);
        for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
            int number = round;
            long start = System.nanoTime();
            TaskScope.map(
                    "crowd",
                    IntStream.range(0, clients).boxed().toList(),
                    clients,
                    client -> build(address, number + "/" + client));
            double seconds = (System.nanoTime() - start) / 1e9;
            Thread.sleep(3000);
            say("after " + clients + " clients at once", daemon, seconds);
        }
    }

    private static String build(String address, String text) throws InterruptedException {
        byte[] definition = State.scratch()
                .file(
                        FileSteps.begin().makeFile("/made", 0644, text.getBytes(StandardCharsets.UTF_8)),
                        StepNote.plain())
                .marshal()
                .encode();
        SolveRequest request =
                new SolveRequest(definition, "", Map.of(), Map.of(), List.of(), List.of(), List.of(), false);
        try (Client client = RemoteDaemon.connect(address)) {
            return client.solve(request, frame -> {}).reference();
        }
    }

    private static void say(String when, long daemon, double seconds) throws IOException {
        Path process = Path.of("/proc", Long.toString(daemon));
        String memory = Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("")
                .replaceAll("\\s+", " ");
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f s, %d threads, %d descriptors, %s%n",
                when,
                seconds,
                count(process.resolve("task")),
                count(process.resolve("fd")),
                memory);
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        }
    }
}

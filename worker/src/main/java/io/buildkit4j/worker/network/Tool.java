package io.buildkit4j.worker.network;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Calls of the programs that administer networks. They are short, and an interrupt does not leave one half done. */
final class Tool {
    private Tool() {}

    /** How a call ended, with all that it wrote. */
    record Outcome(int code, String output) {
        boolean succeeded() {
            return code == 0;
        }
    }

    /** Lines for {@code ip -batch}; the first words are its options, such as a namespace. */
    static void ip(List<String> options, String... lines) {
        List<String> command = new java.util.ArrayList<>(List.of("ip"));
        command.addAll(options);
        command.addAll(List.of("-batch", "-"));
        must(command, String.join("\n", lines) + "\n");
    }

    /** The output of a call that must succeed. */
    static String must(List<String> command, String input) {
        Outcome outcome = run(command, input, Map.of());
        if (!outcome.succeeded()) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot set up the network of a step: " + command.getFirst() + " says: "
                            + outcome.output().strip());
        }
        return outcome.output();
    }

    static Outcome run(List<String> command, String input, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot set up networks: the daemon's machine has no "
                            + Path.of(command.getFirst()).getFileName()
                            + ": install iproute2, and nftables or the network plug-ins, or use networkMode = \"host\"",
                    absent);
        }
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException notRead) {
                // it says why
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.onExit().join().exitValue(), output);
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot read what " + command.getFirst() + " says: " + failed.getMessage(), failed);
        } finally {
            process.destroy();
        }
    }
}

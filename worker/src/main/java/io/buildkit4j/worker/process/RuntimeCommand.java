package io.buildkit4j.worker.process;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.linux.Terminal;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of the OCI runtime, and what its log says of them. */
record RuntimeCommand(String binary, Path state) {
    private static final String FAILED = "run failed: ";

    /** Opens the terminal by a program that is no leader of a session, since it would become its own. */
    private static final String AT_TERMINAL = "exec \"$@\" <\"$0\" >\"$0\" 2>\"$0\"";

    /** Starts it with the streams wanted; {@code terminal} is there for those of a terminal only. */
    Process start(List<String> arguments, Path log, RunningProcess.Streams streams, Optional<Terminal> terminal) {
        List<String> command = new ArrayList<>();
        terminal.ifPresent(own ->
                command.addAll(List.of("/bin/sh", "-c", AT_TERMINAL, own.path().toString())));
        command.addAll(List.of(binary, "--root", state.toString(), "--log", log.toString(), "--log-format", "json"));
        command.addAll(arguments);
        boolean reads = switch (streams) {
            case SILENT, TERMINAL -> false;
            case PIPED, CONVERSING -> true;
        };
        ProcessBuilder builder = new ProcessBuilder(command);
        if (!reads) {
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        }
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH", "XDG_RUNTIME_DIR"));
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot start the container runtime " + binary
                            + ": install runc, or name another runtime in the configuration",
                    failed);
        }
    }

    /** Takes apart what a killed runtime left: processes, control groups and state. An interruption does not end it. */
    void delete(String id) {
        Process delete = start(
                List.of("delete", "--force", id),
                state.resolveSibling("delete.log"),
                RunningProcess.Streams.SILENT,
                Optional.empty());
        Uninterrupted.await(delete::waitFor);
    }

    /** Why the runtime could not start the process, told apart from an exit code of the process itself by its log. */
    static Optional<String> failure(Path log) {
        try {
            for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
                Optional<String> error = error(line);
                if (error.isPresent()) {
                    return error;
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of("its log cannot be read: " + unreadable.getMessage());
        }
    }

    private static Optional<String> error(String line) {
        try {
            JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
            String message = entry.get("msg").getAsString();
            if (!entry.get("level").getAsString().equals("error")) {
                return Optional.empty();
            }
            int cut = message.indexOf(FAILED);
            return Optional.of(cut < 0 ? message : message.substring(cut + FAILED.length()));
        } catch (JsonParseException | IllegalStateException | NullPointerException ignored) {
            return Optional.empty(); // not a record of the log
        }
    }
}

package io.buildkit4j.it.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end, with what it said. */
public final class Program {
    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path directory = top();
    private Path input = Path.of("/dev/null");
    private Duration patience = Duration.ofMinutes(3);

    private Program(List<String> command) {
        this.command.addAll(command);
    }

    /** The top of the checkout. */
    public static Path top() {
        return Path.of(System.getProperty("project.top", "..")).toAbsolutePath().normalize();
    }

    public static Program of(String... command) {
        return new Program(List.of(command));
    }

    /** The project's own command line, as it lies in the checkout. */
    public static Program buildctl(String... arguments) {
        return of(top().resolve("bin/buildctl").toString()).with(arguments);
    }

    public Program with(String... arguments) {
        command.addAll(List.of(arguments));
        return this;
    }

    public Program in(Path folder) {
        directory = folder;
        return this;
    }

    public Program set(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Program reading(Path file) {
        input = file;
        return this;
    }

    /** How it ended. */
    public record Outcome(List<String> command, int exit, String out, String err) {
        public Outcome succeeded() {
            assertThat(exit).as("%s%n%s%n%s", command, out, err).isZero();
            return this;
        }

        public Outcome failed() {
            assertThat(exit).as("%s%n%s%n%s", command, out, err).isEqualTo(1);
            return this;
        }

        /** Both streams, for messages that may go to either. */
        public String said() {
            return out + err;
        }
    }

    /** Starts it without waiting. */
    public Process start(Path out, Path err) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectInput(input.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Outcome run() {
        try {
            Path out = Files.createTempFile("it-out", ".txt");
            Path err = Files.createTempFile("it-err", ".txt");
            try {
                Process process = start(out, err);
                boolean ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                Outcome outcome = new Outcome(
                        command,
                        process.exitValue(),
                        new String(Files.readAllBytes(out), UTF_8),
                        new String(Files.readAllBytes(err), UTF_8));
                assertThat(ended)
                        .as("%s ended within %s%n%s", command, patience, outcome.said())
                        .isTrue();
                return outcome;
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while waiting for " + command, stopped);
        }
    }
}

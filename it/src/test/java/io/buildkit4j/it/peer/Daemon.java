package io.buildkit4j.it.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A separate `buildd` that listens on a unix socket and on TCP. */
public final class Daemon implements AutoCloseable {
    private final Process process;
    private final Path folder;
    private final int port;

    private Daemon(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    public static Daemon start(Path folder, String... flags) {
        return start(folder, Map.of(), flags);
    }

    /** With these variables besides. */
    public static Daemon start(Path folder, Map<String, String> environment, String... flags) {
        int port = Ports.free();
        List<String> arguments = new ArrayList<>(List.of(
                "--root", folder.resolve("root").toString(),
                "--addr", "unix://" + folder.resolve("d.sock"),
                "--addr", "tcp://127.0.0.1:" + port));
        arguments.addAll(List.of(flags));
        Program program =
                Program.of(Program.top().resolve("bin/buildd").toString()).with(arguments.toArray(String[]::new));
        environment.forEach(program::set);
        Process process = program.start(folder.resolve("buildd.out"), folder.resolve("buildd.err"));
        Daemon daemon = new Daemon(process, folder, port);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !process.isAlive() || (Files.exists(folder.resolve("d.sock")) && Ports.answers(port)));
        assertThat(process.isAlive()).as("buildd runs: %s", daemon.log()).isTrue();
        return daemon;
    }

    public String unix() {
        return "unix://" + folder.resolve("d.sock");
    }

    public String tcp() {
        return "tcp://127.0.0.1:" + port;
    }

    public Path root() {
        return folder.resolve("root");
    }

    public long pid() {
        return process.pid();
    }

    public String log() {
        try {
            return Files.readString(folder.resolve("buildd.err"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends it as a power cut would, as far as a process can tell. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks it to end and waits; it must end well and leave neither mount nor socket. */
    @Override
    public void close() {
        process.destroy();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("buildd ends on SIGTERM")
                    .isTrue();
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Leftovers.noMountsBelow(folder);
        assertThat(folder.resolve("d.sock")).doesNotExist();
    }
}

package io.buildkit4j.buildd;

import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.config.ConfigurationFile;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * A whole daemon inside this process, on a unix socket that nobody else can reach, with a state directory of its own. It is
 * the very daemon that {@code buildd} runs. Closing it stops it and leaves nothing but its state.
 */
public final class EmbeddedDaemon implements AutoCloseable {
    private static final Path CONFIGURATION = Path.of("/etc/buildkit/buildkitd.toml");

    private final Path folder;
    private final Daemon daemon;

    private EmbeddedDaemon(Path folder, Daemon daemon) {
        this.folder = folder;
        this.daemon = daemon;
    }

    /**
     * Starts a daemon.
     *
     * @param state its state directory; empty for {@code $XDG_STATE_HOME/buildkit4j}, or as root {@code
     *     /var/lib/buildkit4j/embedded}
     * @param debug whether it logs details to standard error; otherwise it logs nothing
     * @throws DaemonFault FAILED_PRECONDITION when another process uses the directory, naming that process
     */
    public static EmbeddedDaemon start(Optional<Path> state, boolean debug) throws InterruptedException {
        return start(state, debug, Parts.OWN);
    }

    /** As {@link #start(Optional, boolean)}, with parts of one's own. */
    public static EmbeddedDaemon start(Optional<Path> state, boolean debug, Parts parts) throws InterruptedException {
        Configuration file =
                Files.isReadable(CONFIGURATION) ? ConfigurationFile.read(CONFIGURATION) : Configuration.DEFAULT;
        Log log = debug ? new Log(System.err, true, Clock.systemUTC()) : Log.silent();
        Path folder = privateFolder();
        try {
            Configuration configuration = new Configuration(
                    state.orElseGet(EmbeddedDaemon::usualState).toAbsolutePath().normalize(),
                    debug,
                    List.of("unix://" + folder.resolve("buildd.sock")),
                    file.worker(),
                    file.containerd(),
                    file.registries(),
                    file.entitlements(),
                    Optional.empty());
            return new EmbeddedDaemon(folder, Daemon.start(configuration, parts, log));
        } catch (RuntimeException | InterruptedException failed) {
            remove(folder);
            throw failed;
        }
    }

    private static Path privateFolder() {
        try {
            return Files.createTempDirectory("buildkit4j-");
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION, "cannot make a directory for a socket: " + failed.getMessage(), failed);
        }
    }

    private static Path usualState() {
        String home = System.getenv("XDG_STATE_HOME");
        if (home != null && !home.isEmpty()) {
            return Path.of(home, "buildkit4j");
        }
        return System.getProperty("user.name", "").equals("root")
                ? Configuration.ROOT.resolve("embedded")
                : Path.of(System.getProperty("user.home", "/"), ".local", "state", "buildkit4j");
    }

    /** Where it listens, in the form that clients connect to. */
    public String address() {
        return daemon.addresses().getFirst().toString();
    }

    @Override
    public void close() {
        try {
            daemon.close();
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve("buildd.sock"));
            Files.deleteIfExists(folder);
        } catch (IOException ignored) {
            // an empty directory below the temporary ones, at worst
        }
    }
}

package io.buildkit4j.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's containerd with root, state and socket of its own, which a test starts, kills and starts again. It shares nothing
 * with one that the machine may run, and nothing of it is left.
 */
public final class PrivateContainerd implements AutoCloseable {
    private final Path folder;
    private Optional<Process> process = Optional.empty();

    private PrivateContainerd(Path folder) {
        this.folder = folder;
    }

    /** Below a new folder of the machine's temporary directory, since the path of a socket is short. */
    public static PrivateContainerd start() {
        try {
            PrivateContainerd made = new PrivateContainerd(Files.createTempDirectory("it-ctd"));
            Files.writeString(made.folder.resolve("config.toml"), """
                    version = 2
                    root = "%1$s/root"
                    state = "%1$s/state"
                    disabled_plugins = [
                      "io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
                      "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
                      "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.tracing",
                      "io.containerd.tracing.processor.v1.otlp"]
                    [grpc]
                    address = "%1$s/c.sock"
                    """.formatted(made.folder));
            made.up();
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts it again after {@link #kill}; returns when it listens. */
    public void up() {
        try {
            process = Optional.of(new ProcessBuilder(
                            "containerd",
                            "--config",
                            folder.resolve("config.toml").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!answers()) {
                assertThat(System.nanoTime()).as(() -> log()).isLessThan(deadline);
                Thread.sleep(10);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Ends it at once; its shims go on. */
    public void kill() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            await(running);
        });
        process = Optional.empty();
    }

    private static void await(Process running) {
        try {
            running.waitFor();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    public Path socket() {
        return folder.resolve("c.sock");
    }

    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What its own command line answers, in the namespace {@code buildkit}. */
    public List<String> ctr(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ctr", "--address", socket().toString(), "-n", "buildkit"));
        command.addAll(List.of(arguments));
        try {
            Process ctr = new ProcessBuilder(command).redirectErrorStream(true).start();
            List<String> lines = new String(ctr.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            await(ctr);
            assertThat(ctr.exitValue()).as("%s: %s", command, lines).isZero();
            return lines;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** No task, container, lease, mount or shim. */
    public void nothingIsLeft() {
        assertThat(ctr("tasks", "list", "-q")).isEmpty();
        assertThat(ctr("containers", "list", "-q")).isEmpty();
        assertThat(ctr("leases", "list", "-q")).isEmpty();
        assertThat(shims()).isEmpty();
        assertThat(mounts()).isEmpty();
    }

    /** Command lines of its shims. */
    public List<String> shims() {
        return ProcessHandle.allProcesses()
                .map(each -> each.info().commandLine().orElse(""))
                .filter(line -> line.contains("containerd-shim") && line.contains(folder.toString()))
                .toList();
    }

    private List<String> mounts() {
        try {
            return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .filter(line -> line.contains(folder.toString()))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        process.ifPresent(running -> {
            running.destroy();
            await(running);
        });
        assertThat(shims()).isEmpty();
        assertThat(mounts()).isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

package io.buildkit4j.it.peer;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Debian's docker-registry on a loopback port, with a folder of its own. */
public final class Registry implements AutoCloseable {
    private final Process process;
    private final int port;

    private Registry(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static Registry start(Path folder) {
        return start(folder, "");
    }

    /** With users and their hashed passwords, a line each as htpasswd writes them; nobody else is let in. */
    public static Registry start(Path folder, String users) {
        int port = Ports.free();
        try {
            Files.createDirectories(folder.resolve("data"));
            Path config = folder.resolve("config.yml");
            Files.writeString(config, """
                    version: 0.1
                    log:
                      level: warn
                    storage:
                      filesystem:
                        rootdirectory: %s
                      delete:
                        enabled: true
                    http:
                      addr: 127.0.0.1:%d
                    """.formatted(folder.resolve("data"), port) + authentication(folder, users));
            Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("registry.log").toFile())
                    .start();
            await().atMost(Duration.ofSeconds(20)).until(() -> Ports.answers(port));
            return new Registry(process, port);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String authentication(Path folder, String users) throws IOException {
        if (users.isEmpty()) {
            return "";
        }
        Path file = Files.writeString(folder.resolve("htpasswd"), users);
        return "auth:\n  htpasswd:\n    realm: it\n    path: " + file + "\n";
    }

    /** {@code 127.0.0.1:PORT/NAME}. */
    public String name(String repository) {
        return "127.0.0.1:" + port + "/" + repository;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}

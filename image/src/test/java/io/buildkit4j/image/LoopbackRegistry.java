package io.buildkit4j.image;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real registry (the distribution project's) on a free port of this machine, ended when closed. */
public final class LoopbackRegistry implements AutoCloseable {
    private final Process process;
    private final int port;

    private LoopbackRegistry(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether the Debian package docker-registry is here. */
    public static boolean installed() {
        return Files.isExecutable(Path.of("/usr/bin/docker-registry"));
    }

    /** Starts it with its data below the directory. */
    public static LoopbackRegistry start(Path directory) throws IOException, InterruptedException {
        return start(directory, "", "");
    }

    /** Starts it with more of the configuration: what follows the address in {@code http}, and sections of its own. */
    public static LoopbackRegistry start(Path directory, String http, String sections)
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path config = directory.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http: {addr: "127.0.0.1:%d"%s}
                %s
                """.formatted(directory.resolve("data"), port, http, sections));
        Process process = new ProcessBuilder("/usr/bin/docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        LoopbackRegistry registry = new LoopbackRegistry(process, port);
        for (int i = 0; i < 400; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return registry;
                }
            } catch (IOException expected) {
                Thread.sleep(25);
            }
        }
        registry.close();
        throw new IOException("the registry does not start:\n" + Files.readString(directory.resolve("log")));
    }

    /** Host and port. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        // It ends in milliseconds when told to; waiting for that must not be interruptible, or it would be left behind.
        process.onExit()
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}

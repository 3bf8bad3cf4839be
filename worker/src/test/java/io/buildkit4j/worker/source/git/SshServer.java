package io.buildkit4j.worker.source.git;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** OpenSSH's server with a configuration, a host key and a port of its own, and an agent with the one key it lets in. */
public final class SshServer implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final Process server;
    private final Process agent;

    private SshServer(Path folder, int port) throws IOException, InterruptedException {
        this.folder = folder;
        this.port = port;
        key("host");
        key("user");
        Files.copy(folder.resolve("user.pub"), folder.resolve("authorized"));
        Path config = Files.writeString(
                folder.resolve("config"), """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                PidFile none
                PasswordAuthentication no
                PermitRootLogin yes
                """.formatted(port, folder.resolve("host"), folder.resolve("authorized")));
        // its own directory for unprivileged processes, which distributions make when they start it
        Files.createDirectories(Path.of("/run/sshd"));
        server = start("/usr/sbin/sshd", "-D", "-e", "-f", config.toString());
        agent = start("ssh-agent", "-D", "-a", agent().toString());
    }

    public static boolean installed() {
        return Files.isExecutable(Path.of("/usr/sbin/sshd"));
    }

    public static SshServer start(Path folder) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return listening(new SshServer(folder, port));
    }

    private static SshServer listening(SshServer started) throws IOException, InterruptedException {
        for (int i = 0; i < 400; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), started.port)) {
                if (socket.isConnected() && Files.exists(started.agent())) {
                    started.addKey();
                    return started;
                }
            } catch (IOException expected) {
                // not yet
            }
            Thread.sleep(25);
        }
        started.close();
        throw new IOException("sshd does not start: " + Files.readString(started.folder.resolve("log")));
    }

    private void addKey() throws IOException, InterruptedException {
        ProcessBuilder add =
                new ProcessBuilder("ssh-add", "-q", folder.resolve("user").toString());
        add.environment().put("SSH_AUTH_SOCK", agent().toString());
        if (add.start().waitFor() != 0) {
            throw new IOException("ssh-add fails");
        }
    }

    private void key(String name) throws IOException, InterruptedException {
        String file = folder.resolve(name).toString();
        if (start("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file).waitFor() != 0) {
            throw new IOException("ssh-keygen fails");
        }
    }

    private Process start(String... line) throws IOException {
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    public Path agent() {
        return folder.resolve("agent");
    }

    public String url(Path repository) {
        return "ssh://" + System.getProperty("user.name") + "@127.0.0.1:" + port + repository;
    }

    /** As known_hosts has it. */
    public String hostKey() throws IOException {
        return "[127.0.0.1]:" + port + " " + Files.readString(folder.resolve("host.pub"));
    }

    /** Becomes another one, as far as its clients can tell. */
    SshServer changed() throws IOException, InterruptedException {
        close();
        Files.delete(folder.resolve("host"));
        Files.delete(folder.resolve("host.pub"));
        Files.delete(folder.resolve("user"));
        Files.delete(folder.resolve("user.pub"));
        Files.delete(folder.resolve("authorized"));
        return listening(new SshServer(folder, port));
    }

    @Override
    public void close() {
        for (Process process : new Process[] {server, agent}) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            process.onExit().orTimeout(5, TimeUnit.SECONDS).join();
        }
    }
}

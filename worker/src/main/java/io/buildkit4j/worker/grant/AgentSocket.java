package io.buildkit4j.worker.grant;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.llb.ExecMount.Grant;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A socket whose every connection is carried to the client's ssh agent, from opening to closing. Its threads end when it is
 * closed, by the thread that opened it.
 */
public final class AgentSocket implements AutoCloseable {
    private final Path path;
    private final ServerSocketChannel channel;
    private final TaskScope scope = TaskScope.open("agent-socket");

    private AgentSocket(Path path, ServerSocketChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Listens at this path, which does not exist.
     *
     * @throws WorkerFault FAILED_PRECONDITION when the path is too long for a socket
     */
    public static AgentSocket open(Path path, Session session, Grant grant) {
        try {
            Files.createDirectories(path.getParent());
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.bind(UnixDomainSocketAddress.of(path));
                HostFiles.setOwner(path.toString(), grant.uid(), grant.gid());
                HostFiles.setMode(path.toString(), grant.mode() & 07777);
            } catch (IOException | RuntimeException failed) {
                channel.close();
                throw failed;
            }
            AgentSocket socket = new AgentSocket(path, channel);
            socket.scope.fork(() -> {
                socket.accept(session, grant.id());
                return "";
            });
            return socket;
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot make a socket for the ssh agent at " + path + ": " + failed.getMessage()
                            + "; a state directory with a shorter path may help",
                    failed);
        }
    }

    private void accept(Session session, String id) {
        try (TaskScope connections = TaskScope.open("agent-connections")) {
            while (true) {
                SocketChannel connection = channel.accept();
                connections.fork(() -> {
                    relay(session, id, connection);
                    return "";
                });
            }
        } catch (IOException closed) {
            // the step is over
        }
    }

    /** One connection's failure is its own: the program on the other end sees it closed. */
    private static void relay(Session session, String id, SocketChannel connection) throws InterruptedException {
        try (connection) {
            session.relayAgent(id, connection);
        } catch (IOException | Fault gone) {
            // told by the end of the connection
        }
    }

    /** Where it listens. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException ignored) {
            // it has no more users, and its directory is emptied at the next start
        } finally {
            scope.close();
        }
    }
}

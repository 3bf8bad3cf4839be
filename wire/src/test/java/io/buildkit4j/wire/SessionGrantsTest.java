package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionGrantsTest {
    @TempDir
    Path directory;

    private final ConnectedSessions sessions = new ConnectedSessions();
    private Listener listener;
    private Connection connection;
    private ServedSession served;
    private Session session;

    @BeforeEach
    void connect() throws InterruptedException {
        Address address = new Address.Unix(directory.resolve("daemon.sock"));
        listener = Listener.open(address, List.of(new ControlGrpc.ControlImplBase() {
            @Override
            public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> responses) {
                return sessions.serve(responses);
            }
        }));
        connection = Connection.open(address);
        served = ServedSession.open(
                connection,
                new SessionOffer(
                        "test",
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(this::secret),
                        Optional.of(this::agent),
                        Optional.empty()));
        session = sessions.find(served.id(), Duration.ofSeconds(10)).orElseThrow();
    }

    @AfterEach
    void close() {
        served.close();
        connection.close();
        sessions.close();
        listener.close();
    }

    private Optional<byte[]> secret(String id) {
        return id.equals("known") ? Optional.of(new byte[] {0, 1, (byte) 0xff}) : Optional.empty();
    }

    private ByteChannel agent(String id) {
        if (!id.equals("default")) {
            throw new WireFault(Kind.NOT_FOUND, "unset ssh forward key " + id);
        }
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("agent.sock")));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void secretsAreGivenByNameAndAbsentOnesAreAbsent() throws InterruptedException {
        assertThat(session.secret("known").orElseThrow()).containsExactly(0, 1, 0xff);
        assertThat(session.secret("unknown")).isEmpty();
    }

    @Test
    void anAgentIsReachedThroughTheSessionAndItsEndIsSeen() throws IOException, InterruptedException {
        try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                TaskScope scope = TaskScope.open("relayed")) {
            agent.bind(UnixDomainSocketAddress.of(directory.resolve("agent.sock")));
            door.bind(UnixDomainSocketAddress.of(directory.resolve("door.sock")));
            scope.fork(() -> {
                try (SocketChannel asked = agent.accept()) {
                    assertThat(asked.read(ByteBuffer.allocate(16))).isNegative(); // the look whether it is there
                }
                try (SocketChannel asked = agent.accept()) {
                    ByteBuffer question = ByteBuffer.allocate(4);
                    asked.read(question);
                    asked.write(ByteBuffer.wrap(new byte[] {question.get(3), question.get(0)}));
                }
                return "";
            });
            assertThat(session.hasAgent("default")).isTrue();
            SocketChannel program = SocketChannel.open(door.getLocalAddress());
            SocketChannel step = door.accept();
            scope.fork(() -> {
                session.relayAgent("default", step);
                return "";
            });
            program.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            ByteBuffer answer = ByteBuffer.allocate(16);
            while (program.read(answer) >= 0) {
                assertThat(answer.position()).isLessThanOrEqualTo(2);
            }
            assertThat(answer.flip().array()).startsWith(4, 1);
            scope.join();
            program.close();
        }
    }

    @Test
    void anAgentOfAnotherNameIsRefused() {
        assertThatThrownBy(() -> session.hasAgent("other")).hasMessageContaining("unset ssh forward key other");
    }
}

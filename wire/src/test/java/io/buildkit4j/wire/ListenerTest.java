package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.InfoRequest;
import io.buildkit4j.wire.proto.control.InfoResponse;
import io.buildkit4j.wire.proto.health.HealthCheckRequest;
import io.buildkit4j.wire.proto.health.HealthCheckResponse.ServingStatus;
import io.buildkit4j.wire.proto.health.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ListenerTest {
    @TempDir
    Path directory;

    private static final class Failing extends ControlGrpc.ControlImplBase {
        @Override
        public void info(InfoRequest request, StreamObserver<InfoResponse> responses) {
            throw new WireFault(Kind.FAILED_PRECONDITION, "not today", List.of(FaultDetail.of("Vertex", "{}")), null);
        }
    }

    private static void assertServes(Listener listener) throws InterruptedException {
        try (Connection connection = Connection.open(listener.address())) {
            assertThat(Calls.ask(() -> HealthGrpc.newBlockingV2Stub(connection.channel())
                                    .check(HealthCheckRequest.getDefaultInstance()))
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
            assertThatThrownBy(() -> Calls.ask(() ->
                            ControlGrpc.newBlockingV2Stub(connection.channel()).info(InfoRequest.getDefaultInstance())))
                    .isInstanceOfSatisfying(WireFault.class, fault -> {
                        assertThat(fault.kind()).isEqualTo(Kind.FAILED_PRECONDITION);
                        assertThat(fault).hasMessage("not today");
                        assertThat(fault.details()).containsExactly(FaultDetail.of("Vertex", "{}"));
                    });
        }
    }

    @Test
    void aUnixSocket() throws IOException, InterruptedException {
        Path path = directory.resolve("made/d.sock");
        Address address = new Address.Unix(path);
        try (Listener listener = Listener.open(address, List.of(new Failing()))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            assertServes(listener);
            assertThatThrownBy(() -> Listener.open(address, List.of()))
                    .isInstanceOf(WireFault.class)
                    .hasMessageContaining("another daemon listens");
            assertServes(listener);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void theSocketOfADaemonThatDiedIsReplaced() throws IOException, InterruptedException {
        Path path = directory.resolve("d.sock");
        try (ServerSocketChannel died = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            died.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (Listener listener = Listener.open(new Address.Unix(path), List.of(new Failing()))) {
            assertServes(listener);
        }
    }

    @Test
    void aTcpPort() throws InterruptedException {
        try (Listener listener = Listener.open(new Address.Tcp("127.0.0.1", 0), List.of(new Failing()))) {
            assertThat(((Address.Tcp) listener.address()).port()).isPositive();
            assertServes(listener);
        }
    }

    @Test
    void nobodyThere() {
        assertThatThrownBy(() -> Connection.open(new Address.Unix(directory.resolve("none"))))
                .isInstanceOf(WireFault.class)
                .hasMessageContaining("is buildd running");
    }
}

package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.spine.Context;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Connection;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.buildkit4j.wire.proto.control.ListWorkersRequest;
import io.buildkit4j.wire.proto.control.SolveRequest;
import io.buildkit4j.wire.proto.ops.Definition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not do what clients do: the daemon says why and serves the next. */
@Tag("root")
class BadClientsTest {
    private static final Leftovers LEFTOVERS = Leftovers.before();

    @TempDir
    static Path shared;

    private static Daemon daemon;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("d")));
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private static ControlGrpc.ControlBlockingStub control(Connection connection) {
        return ControlGrpc.newBlockingStub(connection.channel());
    }

    private static void stillServes() {
        Program.buildctl("--addr", daemon.unix(), "debug", "info").run().succeeded();
    }

    @Test
    void aMessageThatIsTooLongIsRefused() {
        SolveRequest large = SolveRequest.newBuilder()
                .setRef("large")
                .setDefinition(Definition.newBuilder().addDef(ByteString.copyFrom(new byte[40 << 20])))
                .build();
        try (Connection connection = Connection.open(Address.parse(daemon.unix()))) {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class, () -> control(connection).solve(large));
            // the library resets the stream, which tells less than a status could
            assertThat(refused.getStatus().getCode()).isIn(Status.Code.INTERNAL, Status.Code.RESOURCE_EXHAUSTED);
        }
        stillServes();
    }

    @Test
    void fieldsThatAreNotKnownArePassedOver() throws InvalidProtocolBufferException {
        // field 200 with one byte in it, which no version has
        ListWorkersRequest newer = ListWorkersRequest.parseFrom(new byte[] {(byte) 0xc2, 0x0c, 1, 7});
        try (Connection connection = Connection.open(Address.parse(daemon.tcp()))) {
            assertThat(control(connection).listWorkers(newer).getRecordList()).hasSize(1);
        }
    }

    @Test
    void whatIsNoGrpcIsHungUpOn() throws IOException {
        int port = Integer.parseInt(daemon.tcp().replaceFirst(".*:", ""));
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // whatever is said first, the end comes
            socket.getInputStream().readAllBytes();
        }
        stillServes();
    }

    @Test
    void aClientThatDiesWhileItUploadsLeavesNothing() throws IOException, InterruptedException {
        Context context = new Context(folder.resolve("context")).dockerfile("FROM scratch\nCOPY large /large\n");
        try (RandomAccessFile large =
                new RandomAccessFile(context.folder().resolve("large").toFile(), "rw")) {
            large.setLength(1L << 30);
        }
        Program build = Program.buildctl("--addr", daemon.unix(), "build", "--progress=plain")
                .with(context.flags());
        Path err = folder.resolve("err");
        Process client = build.start(folder.resolve("out"), err);
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.readString(err).contains("load build context"));
        client.destroyForcibly().waitFor();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> LEFTOVERS.noneBelow(daemon.root()));
        try (RandomAccessFile large =
                new RandomAccessFile(context.folder().resolve("large").toFile(), "rw")) {
            large.setLength(1);
        }
        build.run().succeeded();
    }
}

package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.wire.proto.ssh.BytesMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Optional;

/** Carries bytes both ways between a connection and a call, until either side has said its last. */
final class AgentRelay {
    private static final int CHUNK = 32 << 10;

    private final Duplex<BytesMessage, BytesMessage> call;
    private final ByteChannel connection;

    AgentRelay(Duplex<BytesMessage, BytesMessage> call, ByteChannel connection) {
        this.call = call;
        this.connection = connection;
    }

    static int weigh(BytesMessage message) {
        return message.getData().size();
    }

    void run() throws InterruptedException {
        try (TaskScope scope = TaskScope.open("agent")) {
            // an interrupt closes a channel, so that a read that waits for its peer ends with the scope
            scope.fork(() -> {
                outward();
                return "";
            });
            inward();
            connection.close();
            scope.join();
        } catch (IOException gone) {
            throw new WireFault(
                    io.buildkit4j.footing.Kind.UNAVAILABLE,
                    "the agent's connection is lost: " + gone.getMessage(),
                    gone);
        }
    }

    private void outward() throws InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (connection.read(buffer) >= 0) {
                buffer.flip();
                if (buffer.hasRemaining()) {
                    call.write(BytesMessage.newBuilder()
                            .setData(ByteString.copyFrom(buffer))
                            .build());
                }
                buffer.clear();
            }
        } catch (IOException gone) {
            // the connection was closed, by its peer or by the other direction's end
        }
        call.complete();
    }

    private void inward() throws InterruptedException, IOException {
        Optional<BytesMessage> message = call.read();
        while (message.isPresent()) {
            ByteBuffer bytes = message.get().getData().asReadOnlyByteBuffer();
            while (bytes.hasRemaining()) {
                connection.write(bytes);
            }
            message = call.read();
        }
    }
}

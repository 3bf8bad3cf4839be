package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DuplexTest {
    private static final BytesMessage LARGE = BytesMessage.newBuilder()
            .setData(ByteString.copyFrom(new byte[1 << 20]))
            .build();

    @TempDir
    Path folder;

    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<Thread> writers = new LinkedBlockingQueue<>();

    /** Fills the line until nobody takes anything more. */
    private void fill(Duplex<BytesMessage, BytesMessage> call) {
        Thread writer = Thread.ofVirtual().unstarted(() -> {
            try {
                while (true) {
                    call.write(LARGE);
                }
            } catch (WireFault over) {
                ends.add("over");
            } catch (InterruptedException stopped) {
                ends.add("interrupted");
            }
        });
        writers.add(writer);
        writer.start();
    }

    /** Else each session that ends while its transport says its farewell keeps a thread and all that this holds. */
    @Test
    void aWriterThatWaitsHearsThatTheCallIsComplete() throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Listener listener = Listener.open(
                        new Address.Unix(folder.resolve("s.sock")), List.of(new ControlGrpc.ControlImplBase() {
                            @Override
                            public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> responses) {
                                return Duplex.serve(responses, threads, message -> 0, call -> {
                                    fill(call);
                                    call.read(); // the caller's half-close
                                });
                            }
                        }));
                Connection connection = Connection.open(listener.address());
                // so heavy that nothing more is asked for
                Duplex<BytesMessage, BytesMessage> call = Duplex.call(
                        connection.channel(), ControlGrpc.getSessionMethod(), new Metadata(), message -> 1 << 30)) {
            Thread writer = writers.take();
            while (writer.getState() != Thread.State.WAITING) {
                Thread.sleep(10);
            }
            Thread.sleep(200);
            assertThat(ends).isEmpty();
            call.complete();
            assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("over");
        }
    }
}

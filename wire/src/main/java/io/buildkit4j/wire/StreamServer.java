package io.buildkit4j.wire;

import io.grpc.BindableService;
import io.grpc.Server;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * gRPC services for the one peer at the other end of two byte streams, such as a process that speaks on its standard input
 * and output. Every call is served on a virtual thread and may block it; the streams are read and written by platform
 * threads, since a pipe holds whoever reads it. Closing waits for all of them, and closes the streams.
 */
public final class StreamServer implements AutoCloseable {
    private final Server server;
    private final OwnThreads own;
    private final ExecutorService transport;
    private final ExecutorService calls;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicLong received = new AtomicLong();

    private StreamServer(String name, Streams streams, List<BindableService> services) throws IOException {
        own = new OwnThreads(name);
        transport = Executors.newCachedThreadPool(own);
        calls = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name + "-", 0).factory());
        Closeable end = () -> {
            over.countDown();
            streams.out().close();
            streams.in().close();
        };
        server = new ServerParts(transport, calls, services)
                .serve(new OneDoor(
                        new ByteSocket(new ByteSocket.Streams(new Counted(streams.in()), streams.out(), end))));
    }

    /** What the peer writes, and what it reads. */
    public record Streams(InputStream in, OutputStream out) {}

    /** Begins to serve; {@code name} is what the threads are called. */
    public static StreamServer open(String name, Streams streams, List<BindableService> services) {
        try {
            return new StreamServer(name, streams, services);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Waits so long at most for the conversation to end, which it does when the peer hangs up or sends what is no HTTP/2. */
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return over.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Bytes that the peer has sent so far. */
    public long received() {
        return received.get();
    }

    @Override
    public void close() {
        server.shutdownNow();
        Quietly.await(server);
        transport.shutdownNow();
        calls.shutdown();
        Quietly.end(List.of(transport, calls));
        own.join();
    }

    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            received.addAndGet(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            received.addAndGet(Math.max(0, count));
            return count;
        }
    }
}

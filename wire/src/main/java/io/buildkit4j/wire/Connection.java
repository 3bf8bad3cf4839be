package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client's connection to a daemon. Its threads are platform threads of its own, and closing it waits for them: a thread
 * that is left in a native read costs 0.3 s when the JVM exits.
 */
public final class Connection implements AutoCloseable {
    static final int MESSAGE_LIMIT = 32 << 20;
    static final int HEADER_LIMIT = 4 << 20;
    static final int WINDOW = 1 << 20;

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE = 5;

    private final Address address;
    private final OwnThreads own = new OwnThreads("connection");
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final ManagedChannel channel;
    private final OneSocket sockets;

    private Connection(Address address, Dialer dialer) throws IOException {
        this.address = address;
        threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), own);
        timer = new ScheduledThreadPoolExecutor(1, own);
        timer.setRemoveOnCancelPolicy(true);
        sockets = new OneSocket(dialer.dial()) {
            @Override
            Socket next() throws IOException {
                return dialer.dial();
            }
        };
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
                .usePlaintext()
                .overrideAuthority(authority(address))
                .socketFactory(sockets)
                .proxyDetector(target -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .idleTimeout(365, TimeUnit.DAYS)
                .transportExecutor(threads)
                .executor(threads)
                .offloadExecutor(threads)
                .scheduledExecutorService(timer)
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(MESSAGE_LIMIT)
                .maxInboundMetadataSize(HEADER_LIMIT)
                .build();
    }

    /**
     * Connects.
     *
     * @throws WireFault UNAVAILABLE when nobody answers there
     */
    public static Connection open(Address address) {
        return open(address, Optional.empty());
    }

    /**
     * A connection to the peer at the other end of two byte streams, such as the process that started this one. Closing it
     * closes both.
     */
    public static Connection over(InputStream in, OutputStream out) {
        Closeable end = () -> {
            out.close();
            in.close();
        };
        AtomicBoolean taken = new AtomicBoolean();
        return over("standard streams", () -> {
            if (taken.getAndSet(true)) {
                throw new IOException("the peer has hung up");
            }
            return new Line(in, out, end);
        });
    }

    /**
     * A connection over byte streams that somebody else makes.
     *
     * @param name of the peer, for messages
     * @throws WireFault UNAVAILABLE when the first line cannot be made
     */
    public static Connection over(String name, Lines lines) {
        try {
            return new Connection(new Address.Tcp("localhost", 0), () -> {
                Line line = lines.open();
                return new ByteSocket(new ByteSocket.Streams(line.in(), line.out(), line.end()));
            });
        } catch (IOException refused) {
            throw new WireFault(
                    Kind.UNAVAILABLE, "cannot reach the daemon at " + name + ": " + refused.getMessage(), refused);
        }
    }

    /** Two streams to a peer. Closing {@code end} must end a read that is under way. */
    public record Line(InputStream in, OutputStream out, Closeable end) {}

    /** Makes a line to a peer: the first, and another whenever that has broken. */
    @FunctionalInterface
    public interface Lines {
        /** One more. */
        Line open() throws IOException;
    }

    /** Makes a connection's socket. */
    private interface Dialer {
        Socket dial() throws IOException;
    }

    /**
     * Connects, encrypted when there are certificates for it.
     *
     * @throws WireFault also INVALID_ARGUMENT when the certificates cannot be used
     */
    public static Connection open(Address address, Optional<TlsFiles> certificates) {
        try {
            Dialer plain = () -> Sockets.connect(address);
            return new Connection(
                    address, certificates.isEmpty() ? plain : encrypted(plain, address, certificates.get()));
        } catch (IOException | java.nio.channels.UnresolvedAddressException refused) {
            String reason = refused.getMessage() == null ? "unknown host" : refused.getMessage();
            throw new WireFault(
                    Kind.UNAVAILABLE,
                    "cannot reach the daemon at " + address + ": " + reason
                            + "; is buildd running, and may this user open its socket?",
                    refused);
        }
    }

    private static Dialer encrypted(Dialer plain, Address address, TlsFiles files) {
        TlsSockets sockets = TlsSockets.of(files);
        Address.Tcp tcp = address instanceof Address.Tcp given ? given : new Address.Tcp("localhost", 0);
        String host = files.serverName().isEmpty() ? tcp.host() : files.serverName();
        return () -> sockets.connected(plain.dial(), host, tcp.port());
    }

    private static String authority(Address address) {
        return switch (address) {
            case Address.Unix unix -> "localhost";
            case Address.Tcp tcp -> tcp.toString().substring("tcp://".length());
        };
    }

    /** Where it leads. */
    public Address address() {
        return address;
    }

    /** For generated stubs. */
    public Channel channel() {
        return channel;
    }

    /**
     * Before a call: waits, for moments, until a peer that had gone and is back is reached. The channel by itself fails calls
     * with its last failure while it connects again, and waits ever longer before it does.
     */
    void catchUp() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE;
        while (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE && System.nanoTime() < deadline) {
            try {
                sockets.next().close();
            } catch (IOException away) {
                return;
            }
            channel.resetConnectBackoff();
            Thread.sleep(PAUSE);
        }
    }

    /** Fails the calls that are under way and waits (a second at most) for the threads. */
    @Override
    public void close() {
        channel.shutdownNow();
        sockets.closeUnused();
        Quietly.await(channel);
        timer.shutdownNow();
        threads.shutdown();
        Quietly.end(List.of(threads, timer));
        own.join();
    }
}

package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.grpc.BindableService;
import io.grpc.Server;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * An open address of the daemon: gRPC services behind a unix socket (mode 0660) or a TCP port. Every call is served on a
 * virtual thread and may block it. A {@link io.buildkit4j.footing.Fault} that a service throws becomes the call's status.
 */
public final class Listener implements AutoCloseable {
    /** The library warns of every peer that leaves without a word; held here because loggers are collected. */
    private static final Logger LIBRARY_LOG = Logger.getLogger("io.grpc");

    private final Address address;
    private final Server server;
    private final ExecutorService threads;

    private Listener(Sockets.Bound bound, ByteServerSocket.Door door, List<BindableService> services)
            throws IOException {
        address = bound.address();
        LIBRARY_LOG.setLevel(Level.SEVERE);
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("listener-", 0).factory());
        List<BindableService> all = new ArrayList<>(services);
        all.addAll(ReflectionService.about(services));
        server = new ServerParts(threads, threads, all).serve(door);
    }

    /**
     * Starts to listen. The socket file of a daemon that died is replaced.
     *
     * @throws WireFault ALREADY_EXISTS when a living daemon listens there, UNAVAILABLE when the address cannot be had
     */
    public static Listener open(Address address, List<BindableService> services) {
        return open(address, Optional.empty(), services);
    }

    /**
     * The same, where a TCP port is encrypted when there are certificates for it. A unix socket never is: its directory says
     * who may use it.
     *
     * @throws WireFault also INVALID_ARGUMENT when the certificates cannot be used
     */
    public static Listener open(Address address, Optional<TlsFiles> certificates, List<BindableService> services) {
        Optional<TlsSockets> encrypted =
                address instanceof Address.Tcp ? certificates.map(TlsSockets::of) : Optional.empty();
        Sockets.Bound bound = null;
        try {
            bound = Sockets.listen(address);
            Sockets.Bound plain = bound;
            ByteServerSocket.Door door = encrypted.isEmpty() ? plain : new TlsDoor(plain, encrypted.get());
            return new Listener(bound, door, services);
        } catch (IOException | java.nio.channels.UnresolvedAddressException failed) {
            if (bound != null) {
                Quietly.close(bound);
            }
            throw new WireFault(Kind.UNAVAILABLE, "cannot listen on " + address + ": " + failed.getMessage(), failed);
        }
    }

    /** A door behind which everything is encrypted. */
    private record TlsDoor(Sockets.Bound bound, TlsSockets sockets) implements ByteServerSocket.Door {
        @Override
        public Socket accept() throws IOException {
            return sockets.accepted(bound.accept());
        }

        @Override
        public void close() throws IOException {
            bound.close();
        }
    }

    /** Where it really listens: with the port that the system chose when 0 was asked for. */
    public Address address() {
        return address;
    }

    /** Takes no further calls, and waits for those under way, at most so long. */
    public void drain(Duration patience) throws InterruptedException {
        server.shutdown();
        server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends all calls, closes the socket and removes its file. */
    @Override
    public void close() {
        server.shutdownNow();
        Quietly.await(server);
        threads.shutdown();
        Quietly.end(List.of(threads));
    }
}

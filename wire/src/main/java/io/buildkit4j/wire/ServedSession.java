package io.buildkit4j.wire;

import io.buildkit4j.wire.proto.control.BytesMessage;
import io.buildkit4j.wire.proto.control.ControlGrpc;
import io.grpc.Metadata;
import io.grpc.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The client's end of a session: serves an offer through a {@code Control.Session} call until it is closed. Its threads are
 * its own, and closing waits for them.
 */
public final class ServedSession implements AutoCloseable {
    /** The library warns of every session that ends while its peer says farewell; held here because loggers are collected. */
    private static final Logger LIBRARY_LOG = Logger.getLogger("io.grpc.okhttp.OkHttpServerTransport");

    private final String id;
    private final Duplex<BytesMessage, BytesMessage> tunnel;
    private final OwnThreads own = new OwnThreads("session");
    private final ExecutorService threads;
    private final Server server;

    private ServedSession(String id, Connection connection, SessionOffer offer) throws IOException {
        this.id = id;
        LIBRARY_LOG.setLevel(Level.SEVERE);
        threads = Executors.newCachedThreadPool(own);
        Metadata headers = new Metadata();
        headers.put(SessionHeaders.key(SessionHeaders.ID), id);
        SessionHeaders.put(headers, SessionHeaders.NAME, List.of(offer.name()));
        headers.put(SessionHeaders.key(SessionHeaders.SHARED_KEY), offer.sharedKey());
        offer.methods().forEach(method -> headers.put(SessionHeaders.key(SessionHeaders.METHOD), method));
        tunnel = Duplex.call(connection.channel(), ControlGrpc.getSessionMethod(), headers, Tunnel::weigh);
        server = new ServerParts(threads, threads, new OfferedServices(offer, threads).all())
                .serve(new OneDoor(Tunnel.socket(tunnel)));
    }

    /** Opens a session on this connection; builds name it by its {@link #id}. */
    public static ServedSession open(Connection connection, SessionOffer offer) {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random); // who knows the id may ask for the files
        try {
            return new ServedSession(HexFormat.of().formatHex(random), connection, offer);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** What builds name it by. */
    public String id() {
        return id;
    }

    @Override
    public void close() {
        server.shutdownNow();
        tunnel.complete();
        tunnel.close();
        Quietly.await(server);
        threads.shutdownNow();
        Quietly.end(List.of(threads));
        own.join();
    }
}

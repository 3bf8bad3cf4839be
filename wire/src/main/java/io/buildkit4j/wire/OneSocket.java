package io.buildkit4j.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Hands out a socket that is open already, and after it what {@link #next} gives: by default nothing. */
class OneSocket extends SocketFactory {
    private final AtomicReference<@Nullable Socket> first;

    OneSocket(Socket open) {
        first = new AtomicReference<>(open);
    }

    Socket next() throws IOException {
        throw new IOException("the session is over");
    }

    /** Closes the socket if nobody has taken it. */
    final void closeUnused() {
        Socket unused = first.getAndSet(null);
        if (unused != null) {
            Quietly.close(unused);
        }
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket open = first.getAndSet(null);
        return open == null ? next() : open;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket();
    }
}

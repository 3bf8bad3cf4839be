package io.buildkit4j.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.ServerSocketFactory;

/** A source of connections dressed as a server socket, since that is what the HTTP/2 library asks for. */
final class ByteServerSocket extends ServerSocket {
    /** Waits for a connection; closing ends the wait with an exception. */
    interface Door extends Closeable {
        Socket accept() throws IOException;
    }

    private final Door door;

    private ByteServerSocket(Door door) throws IOException {
        this.door = door;
    }

    static ServerSocketFactory factory(Door door) {
        return new ServerSocketFactory() {
            @Override
            public ServerSocket createServerSocket() throws IOException {
                return new ByteServerSocket(door);
            }

            @Override
            public ServerSocket createServerSocket(int port) throws IOException {
                return createServerSocket();
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog) throws IOException {
                return createServerSocket();
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
                return createServerSocket();
            }
        };
    }

    @Override
    public void bind(SocketAddress endpoint) {
        // the door is open already
    }

    @Override
    public Socket accept() throws IOException {
        return door.accept();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}

package io.buildkit4j.wire;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pair of byte streams dressed as a socket, since that is what the HTTP/2 library asks for. */
final class ByteSocket extends Socket {
    /** What the dress hides. Closing must end a read that is under way. */
    record Streams(InputStream in, OutputStream out, Closeable end) {}

    private final Streams streams;
    private final AtomicBoolean closed = new AtomicBoolean();

    ByteSocket(Streams streams) {
        this.streams = streams;
    }

    @Override
    public InputStream getInputStream() {
        return streams.in;
    }

    @Override
    public OutputStream getOutputStream() {
        return streams.out;
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            streams.end.close();
        }
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // set where the stream is opened
    }

    @Override
    public void setSoTimeout(int milliseconds) {
        // HTTP/2 keeps time with pings of its own
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public void shutdownOutput() throws IOException {
        close();
    }
}

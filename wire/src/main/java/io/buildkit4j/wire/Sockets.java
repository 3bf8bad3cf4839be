package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Sockets of both families, behind the streams that the HTTP/2 library reads and writes. */
final class Sockets {
    private Sockets() {}

    static Socket connect(Address address) throws IOException {
        return switch (address) {
            case Address.Unix(Path path) -> dressed(SocketChannel.open(UnixDomainSocketAddress.of(path)));
            case Address.Tcp(String host, int port) -> {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress(host, port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                yield dressed(channel);
            }
        };
    }

    /** A socket that listens, and the address it really has. */
    record Bound(ServerSocketChannel channel, Address address) implements ByteServerSocket.Door {
        @Override
        public Socket accept() throws IOException {
            SocketChannel accepted = channel.accept();
            if (address instanceof Address.Tcp) {
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            return dressed(accepted);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            if (address instanceof Address.Unix(Path path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    static Bound listen(Address address) throws IOException {
        return switch (address) {
            case Address.Unix(Path path) -> listen(path);
            case Address.Tcp(String host, int port) -> {
                ServerSocketChannel channel = ServerSocketChannel.open();
                bind(channel, new InetSocketAddress(host.isEmpty() ? "0.0.0.0" : host, port));
                InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
                yield new Bound(channel, new Address.Tcp(host, bound.getPort()));
            }
        };
    }

    private static Bound listen(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (Files.exists(path)) {
            removeStale(path);
        }
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        bind(channel, UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        return new Bound(channel, new Address.Unix(path));
    }

    private static void bind(ServerSocketChannel channel, SocketAddress address) throws IOException {
        try {
            channel.bind(address, 1024);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /** A daemon that died leaves its socket behind; one that lives answers. */
    private static void removeStale(Path path) throws IOException {
        try (SocketChannel living = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new WireFault(
                    Kind.ALREADY_EXISTS,
                    "another daemon listens on unix://" + path + " (" + living.getRemoteAddress()
                            + "): stop it or choose another --addr");
        } catch (java.net.ConnectException refused) {
            Files.delete(path);
        }
    }

    private static Socket dressed(SocketChannel channel) {
        return new ByteSocket(new ByteSocket.Streams(new In(channel), new Out(channel), channel));
    }

    private static final class In extends InputStream {
        private final SocketChannel channel;

        In(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            } catch (ClosedChannelException | SocketException gone) {
                return -1; // however a peer went, it went
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Out extends OutputStream {
        private final SocketChannel channel;

        Out(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}

package io.buildkit4j.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.wire.proto.control.BytesMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The byte streams of a connection that travels inside a call. No empty message is ever sent: Go peers choke on them. */
final class Tunnel {
    private static final int CHUNK = 32 << 10;

    private Tunnel() {}

    static int weigh(BytesMessage message) {
        return message.getData().size();
    }

    static Socket socket(Duplex<BytesMessage, BytesMessage> call) {
        return new ByteSocket(new ByteSocket.Streams(new In(call), new Out(call), () -> {
            call.complete();
            call.close();
        }));
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted inside a session");
    }

    private static final class In extends InputStream {
        private final Duplex<BytesMessage, BytesMessage> call;
        private ByteBuffer current = ByteBuffer.allocate(0);

        In(Duplex<BytesMessage, BytesMessage> call) {
            this.call = call;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (!current.hasRemaining()) {
                Optional<BytesMessage> next = next();
                if (next.isEmpty()) {
                    // nothing may follow: a Go client would print the farewell of HTTP/2 that the library is about to
                    // send
                    call.complete();
                    return -1;
                }
                current = next.get().getData().asReadOnlyByteBuffer();
            }
            int count = Math.min(length, current.remaining());
            current.get(bytes, offset, count);
            return count;
        }

        private Optional<BytesMessage> next() throws IOException {
            try {
                return call.read();
            } catch (InterruptedException cancelled) {
                throw interrupted();
            } catch (Fault lost) {
                throw new IOException("the session is over: " + lost.getMessage(), lost);
            }
        }
    }

    /** Gathers what is written until it is flushed or fills a message. One thread writes at a time. */
    private static final class Out extends OutputStream {
        private final Duplex<BytesMessage, BytesMessage> call;
        private final byte[] buffer = new byte[CHUNK];
        private int filled;

        Out(Duplex<BytesMessage, BytesMessage> call) {
            this.call = call;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                int count = Math.min(length - done, CHUNK - filled);
                System.arraycopy(bytes, offset + done, buffer, filled, count);
                filled += count;
                done += count;
                if (filled == CHUNK) {
                    flush();
                }
            }
        }

        @Override
        public void flush() throws IOException {
            if (filled == 0) {
                return;
            }
            byte[] copy = Arrays.copyOf(buffer, filled);
            filled = 0;
            try {
                call.write(BytesMessage.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(copy))
                        .build());
            } catch (InterruptedException cancelled) {
                throw interrupted();
            } catch (Fault lost) {
                throw new IOException("the session is over: " + lost.getMessage(), lost);
            }
        }
    }
}

package io.buildkit4j.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.wire.proto.filesync.BytesMessage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;

/** Bytes on their way to the client's exporter. Closing waits until the client has them. Used by one thread at a time. */
final class SendStream extends ClientStream {
    private static final int CHUNK = 64 << 10;

    private final Duplex<BytesMessage, BytesMessage> call;
    private final byte[] buffer = new byte[CHUNK];
    private int filled;
    private boolean closed;

    SendStream(Duplex<BytesMessage, BytesMessage> call) {
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
        if (filled > 0) {
            byte[] copy = Arrays.copyOf(buffer, filled);
            filled = 0;
            carried(() -> call.write(BytesMessage.newBuilder()
                    .setData(UnsafeByteOperations.unsafeWrap(copy))
                    .build()));
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            flush();
            carried(() -> {
                call.complete();
                call.drain();
            });
        } finally {
            call.close();
        }
    }

    @Override
    public void abandon() {
        if (!closed) {
            closed = true;
            call.close();
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static void carried(Step step) throws IOException {
        try {
            step.run();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while sending to the client");
        } catch (Fault failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }
}

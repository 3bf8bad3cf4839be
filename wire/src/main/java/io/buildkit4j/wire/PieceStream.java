package io.buildkit4j.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;

/** Bytes that arrive in messages. */
abstract class PieceStream extends InputStream {
    private byte[] piece = {};
    private int at;

    /**
     * The bytes of the next message; nothing after the last.
     *
     * @throws IOException when the call has failed
     */
    abstract Optional<byte[]> next() throws IOException, InterruptedException;

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public final int read(byte[] into, int offset, int length) throws IOException {
        while (at == piece.length) {
            Optional<byte[]> next = awaited();
            if (next.isEmpty()) {
                return -1;
            }
            piece = next.get();
            at = 0;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    /** Streams cannot throw the checked exception; the thread stays interrupted, so that the next wait does. */
    private Optional<byte[]> awaited() throws IOException {
        try {
            return next();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public abstract void close();
}

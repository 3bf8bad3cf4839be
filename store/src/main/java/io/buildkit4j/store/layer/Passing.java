package io.buildkit4j.store.layer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes the bytes that one thread reads and stores to a second that reads them as well, a bounded number ahead, so that a
 * blob is unpacked while it arrives. One that is waited for by more than these two may never be opened here.
 */
final class Passing {
    private static final int PIECES = 24;
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
    private final AtomicBoolean opened = new AtomicBoolean();
    private final CountDownLatch decided = new CountDownLatch(1);
    private volatile boolean unwanted;

    /** What is read from the stream is passed on, unless one was before. */
    InputStream passed(InputStream in) {
        if (!opened.compareAndSet(false, true)) {
            return in;
        }
        decided.countDown();
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                if (count > 0 && !unwanted) {
                    put(Arrays.copyOfRange(into, offset, offset + count));
                }
                return count;
            }
        };
    }

    private void put(byte[] piece) throws InterruptedIOException {
        try {
            pieces.put(piece);
        } catch (InterruptedException cancelled) {
            throw interrupted();
        }
    }

    /** Nothing more comes; how it ended is known to whoever ended it. */
    void end() throws InterruptedException {
        decided.countDown();
        if (opened.get() && !unwanted) {
            pieces.put(END);
        }
    }

    /** The first thread need not wait for the second any more. */
    void refuse() {
        unwanted = true;
        pieces.clear();
    }

    /** Waits until bytes come, or until it is clear that none will. */
    Optional<InputStream> received() throws InterruptedException {
        decided.await();
        return opened.get() ? Optional.of(new Received()) : Optional.empty();
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    private final class Received extends InputStream {
        private byte[] piece = {};
        private int at;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (at == piece.length && !ended) {
                try {
                    piece = pieces.take();
                } catch (InterruptedException cancelled) {
                    throw interrupted();
                }
                at = 0;
                ended = piece.length == 0;
            }
            if (ended) {
                return -1;
            }
            int count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, count);
            at += count;
            return count;
        }
    }
}

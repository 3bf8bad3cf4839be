package io.buildkit4j.image.deflate;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;

/**
 * Packs with the project's own encoder, chunks at once on as many cores as there are. The bytes depend on the input and the
 * level only: the grid of chunks lies by offset in the input, and each chunk is packed from a clean state.
 */
public final class GzipOutput extends OutputStream {
    private static final int CHUNK = 1 << 18;

    private final OutputStream out;
    private final int level;
    private final int atOnce = Runtime.getRuntime().availableProcessors();
    private final CRC32 crc = new CRC32();
    private final Deque<FutureTask<Work>> running = new ArrayDeque<>();
    private final Deque<Work> idle;
    private Work current;
    private long size;
    private boolean closed;

    /** One chunk with its dictionary, and the encoder that packs it; reused by the stream that owns it. */
    private static final class Work {
        private final byte[] bytes = new byte[Matcher.WINDOW + CHUNK];
        private final ChunkEncoder encoder;
        private int start;
        private int end;

        Work(int level) {
            encoder = new ChunkEncoder(level);
        }

        Work pack(boolean last) {
            encoder.encode(bytes, start, end, last);
            return this;
        }
    }

    /** Takes over the stream. Level 0 stores, 9 searches longest. */
    public GzipOutput(OutputStream out, int level) throws IOException {
        this(out, level, new ArrayDeque<>());
    }

    /** Many streams one after the other, of one level, that share what they need: encoders are large. */
    public static final class Members {
        private final int level;
        private final Deque<Work> idle = new ArrayDeque<>();

        /** No stream yet. */
        public Members(int level) {
            this.level = level;
        }

        /** The next stream; the one before is closed. */
        public GzipOutput begin(OutputStream out) throws IOException {
            return new GzipOutput(out, level, idle);
        }
    }

    private GzipOutput(OutputStream out, int level, Deque<Work> idle) throws IOException {
        this.out = out;
        this.level = level;
        this.idle = idle;
        current = idle.isEmpty() ? new Work(level) : idle.pop();
        current.start = 0;
        current.end = 0;
        // No name, no time, no system: nothing that differs from run to run.
        out.write(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF});
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        crc.update(bytes, offset, length);
        size += length;
        int done = 0;
        while (done < length) {
            // A full chunk waits for the next byte, since the last chunk of all is packed differently.
            if (current.end - current.start == CHUNK) {
                begin(false);
            }
            int count = Math.min(length - done, CHUNK - (current.end - current.start));
            System.arraycopy(bytes, offset + done, current.bytes, current.end, count);
            current.end += count;
            done += count;
        }
    }

    private void begin(boolean last) throws IOException {
        if (running.size() >= atOnce) {
            finishFirst();
        }
        Work full = current;
        Work fresh = idle.isEmpty() ? new Work(level) : idle.pop();
        int dictionary = Math.min(Matcher.WINDOW, full.end);
        System.arraycopy(full.bytes, full.end - dictionary, fresh.bytes, 0, dictionary);
        fresh.start = dictionary;
        fresh.end = dictionary;
        FutureTask<Work> task = new FutureTask<>(() -> full.pack(last));
        running.add(task);
        Thread.ofVirtual().name("gzip").start(task);
        current = fresh;
    }

    private void finishFirst() throws IOException {
        try {
            Work done = running.remove().get();
            BitOutput packed = done.encoder.output();
            out.write(packed.array(), 0, packed.length());
            idle.push(done);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while packing");
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the encoder failed", failed.getCause());
        }
    }

    /** Packed bytes appear chunk by chunk; flushing does not hurry them, since that would change them. */
    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            begin(true);
            while (!running.isEmpty()) {
                finishFirst();
            }
            idle.push(current);
            byte[] trailer = new byte[8];
            for (int i = 0; i < 4; i++) {
                trailer[i] = (byte) (crc.getValue() >>> (8 * i));
                trailer[4 + i] = (byte) (size >>> (8 * i));
            }
            out.write(trailer);
        }
    }
}

package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The bytes of a tar: blocks that are headers and contents that are padded to blocks, through one buffer. */
final class TarInput {
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private long filled;
    /** Of the current content: bytes not yet taken, and the padding after them. */
    private long remaining;

    private int padding;

    TarInput(InputStream in) {
        this.in = in;
    }

    /** Reads a header block; false when the stream ends before it. */
    boolean header(byte[] block) throws IOException {
        int have = 0;
        while (have < block.length) {
            int count = take(block, have, block.length - have);
            if (count < 0 && have == 0) {
                return false;
            }
            if (count < 0) {
                throw truncated();
            }
            have += count;
        }
        return true;
    }

    void beginContent(long size) {
        remaining = size;
        padding = (int) (-size & (TarHeader.BLOCK - 1));
    }

    /** A block of metadata that comes before content of which it is no part. */
    void extraHeader(byte[] block) throws IOException {
        if (!header(block)) {
            throw truncated();
        }
    }

    void skipContent() throws IOException {
        long skip = remaining + padding;
        if (skip < 0) {
            throw truncated();
        }
        while (skip > 0) {
            if (at == end && !fill()) {
                // Some writers leave the last padding away.
                if (remaining == 0) {
                    break;
                }
                throw truncated();
            }
            int step = (int) Math.min(end - at, skip);
            at += step;
            skip -= step;
            remaining = Math.max(0, remaining - step);
        }
        remaining = 0;
        padding = 0;
    }

    /** Bytes of the stream that were taken. */
    long position() {
        return filled - (end - at);
    }

    /** The next {@code size} bytes of the current content. */
    InputStream content(long size) {
        return new Content(size);
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        filled += end;
        return end > 0;
    }

    private int take(byte[] into, int offset, int length) throws IOException {
        if (at == end) {
            if (length >= buffer.length) {
                int count = in.read(into, offset, length);
                filled += Math.max(0, count);
                return count;
            }
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, offset, count);
        at += count;
        return count;
    }

    private static ImageFault truncated() {
        return new ImageFault(Kind.INVALID_ARGUMENT, "damaged tar: it ends in the middle of an entry");
    }

    private final class Content extends InputStream {
        private long left;

        Content(long size) {
            left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            // What is left here but not in the archive: the next entry was asked for meanwhile, or a sparse map lies.
            long there = Math.min(left, remaining);
            if (left > 0 && there == 0) {
                throw truncated();
            }
            if (there == 0) {
                return -1;
            }
            int count = take(into, offset, (int) Math.min(length, there));
            if (count < 0) {
                throw truncated();
            }
            left -= count;
            remaining -= count;
            return count;
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            long sent = 0;
            while (Math.min(left, remaining) > 0) {
                if (at == end && !fill()) {
                    throw truncated();
                }
                int count = (int) Math.min(end - at, Math.min(left, remaining));
                out.write(buffer, at, count);
                at += count;
                left -= count;
                remaining -= count;
                sent += count;
            }
            if (left > 0) {
                throw truncated();
            }
            return sent;
        }

        @Override
        public int available() {
            return (int) Math.min(Math.min(left, remaining), end - at);
        }
    }
}

package io.buildkit4j.image.deflate;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip members one after the other. Unlike the JDK's stream it does not guess from {@code available()} whether
 * another member follows. Zeros after the last member are padding.
 */
public final class GzipInput extends InputStream {
    private static final int CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private boolean inMember;
    private boolean first = true;
    private boolean ended;

    /** Takes over the stream. */
    public GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember && !beginMember()) {
                ended = true;
                break;
            }
            int count = inflate(into, offset, length);
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    private int inflate(byte[] into, int offset, int length) throws IOException {
        try {
            if (inflater.needsInput() && !inflater.finished()) {
                if (at == end && !fill()) {
                    throw new EOFException("damaged gzip: it ends in the middle");
                }
                inflater.setInput(buffer, at, end - at);
                at = end;
            }
            int count = inflater.inflate(into, offset, length);
            crc.update(into, offset, count);
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsDictionary()) {
                throw new ZipException("damaged gzip: it asks for a dictionary");
            }
            return count;
        } catch (DataFormatException damaged) {
            throw new ZipException("damaged gzip: " + damaged.getMessage());
        }
    }

    private boolean beginMember() throws IOException {
        int magic = next();
        while (!first && magic == 0) {
            magic = next();
        }
        if (magic < 0 && !first) {
            return false;
        }
        if (magic != 0x1F || next() != 0x8B || next() != 8) {
            throw new ZipException(first ? "not gzip" : "damaged gzip: something else follows its end");
        }
        int flags = must();
        for (int i = 0; i < 6; i++) {
            must();
        }
        if ((flags & EXTRA) != 0) {
            int extra = must() | (must() << 8);
            for (int i = 0; i < extra; i++) {
                must();
            }
        }
        skipText(flags & NAME);
        skipText(flags & COMMENT);
        if ((flags & CRC) != 0) {
            must();
            must();
        }
        first = false;
        inMember = true;
        inflater.reset();
        crc.reset();
        return true;
    }

    private void skipText(int present) throws IOException {
        int last = present;
        while (last != 0) {
            last = must();
        }
    }

    private void endMember() throws IOException {
        at -= inflater.getRemaining();
        long size = inflater.getBytesWritten() & 0xFFFFFFFFL;
        if (word() != crc.getValue() || word() != size) {
            throw new ZipException("damaged gzip: its checksum or size is wrong");
        }
        inMember = false;
    }

    private long word() throws IOException {
        return must() | ((long) must() << 8) | ((long) must() << 16) | ((long) must() << 24);
    }

    private int must() throws IOException {
        int value = next();
        if (value < 0) {
            throw new EOFException("damaged gzip: it ends in the middle");
        }
        return value;
    }

    private int next() throws IOException {
        return at == end && !fill() ? -1 : buffer[at++] & 0xFF;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        inflater.end();
        in.close();
    }
}

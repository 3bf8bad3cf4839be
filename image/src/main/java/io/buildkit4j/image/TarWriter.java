package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes a tar stream: POSIX ustar headers, with pax records (IEEE Std 1003.1, pax interchange format) only where ustar
 * cannot say it. Equal entries give equal bytes. The stream is the caller's and is not closed; an archive is complete only
 * after {@link #finish}. For one thread.
 */
public final class TarWriter {
    private static final byte[] ZEROS = new byte[2 * TarHeader.BLOCK];

    private final OutputStream out;
    private final TarHeader header = new TarHeader();
    private final byte[] buffer = new byte[1 << 16];
    private String name = "";
    private long missing;
    private int padding;

    /** Begins an archive. Small writes are made: give it a buffered or compressing stream. */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes the entry's header. Exactly {@code entry.size()} bytes of content have to follow by {@link #write}.
     *
     * @throws ImageFault INVALID_ARGUMENT when the format cannot hold the entry
     */
    public void put(TarEntry entry) throws IOException {
        endContent();
        boolean file = entry.type() == TarEntry.Type.FILE;
        if (!file && entry.size() != 0) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, entry.name() + ": only files have content in a tar");
        }
        PaxRecords records = header.fill(entry);
        if (!records.isEmpty()) {
            byte[] body = records.bytes();
            out.write(new TarHeader().pax(entry, body.length));
            out.write(body);
            out.write(ZEROS, 0, padding(body.length));
        }
        out.write(header.bytes());
        name = entry.name();
        missing = file ? entry.size() : 0;
        padding = padding(missing);
    }

    /** Writes a file's header and its content, of which there must be as much as the entry says. */
    public void put(TarEntry entry, InputStream content) throws IOException {
        put(entry);
        while (missing > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, missing));
            if (count < 0) {
                throw new ImageFault(
                        Kind.ABORTED, entry.name() + " shrank while it was read: " + missing + " bytes are missing");
            }
            write(buffer, 0, count);
        }
    }

    /** Writes a piece of the last entry's content. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > missing) {
            throw new ImageFault(Kind.ABORTED, name + " grew while it was read: it has more than its header says");
        }
        out.write(bytes, offset, length);
        missing -= length;
    }

    /** Writes the mark of the archive's end and flushes. */
    public void finish() throws IOException {
        endContent();
        out.write(ZEROS);
        out.flush();
    }

    private void endContent() throws IOException {
        if (missing > 0) {
            throw new ImageFault(Kind.ABORTED, name + " shrank while it was read: " + missing + " bytes are missing");
        }
        out.write(ZEROS, 0, padding);
        padding = 0;
    }

    private static int padding(long size) {
        return (int) (-size & (TarHeader.BLOCK - 1));
    }
}

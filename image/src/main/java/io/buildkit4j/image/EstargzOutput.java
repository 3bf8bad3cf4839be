package io.buildkit4j.image;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.deflate.GzipOutput;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Packs a tar as eStargz (stargz-snapshotter, docs/estargz.md): gzip of which each file's content, in pieces of 4 MiB, is a
 * member of its own, and whose last member but one holds a table of contents, so that a reader can fetch single files. The
 * tar goes in unchanged; the table follows it as a tar of its own, behind the mark of the end, where ordinary readers do
 * not look, but where it counts for the diff id. Nothing is prefetched: there are no landmarks.
 */
public final class EstargzOutput extends OutputStream {
    /** The annotation of a layer that says the digest of its table. */
    public static final String TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest";

    /** The annotation of a layer that says how many bytes it unpacks to. */
    public static final String UNCOMPRESSED_SIZE = "io.containers.estargz.uncompressed-size";

    private static final String TOC = "stargz.index.json";
    private static final int PIPE = 1 << 18;

    private final Position out;
    private final MessageDigest diffId;
    private final GzipOutput.Members members;
    private final PipedOutputStream pipe = new PipedOutputStream();
    private final FutureTask<JsonObject> packing;
    private long uncompressed;
    private Optional<Digest> tocDigest = Optional.empty();

    /**
     * Takes over the stream.
     *
     * @param level of gzip, 0 to 9
     * @param diffId is fed with everything that the blob unpacks to
     */
    public EstargzOutput(OutputStream out, int level, MessageDigest diffId) throws IOException {
        this.out = new Position(out);
        this.diffId = diffId;
        this.members = new GzipOutput.Members(level);
        PipedInputStream tar = new PipedInputStream(pipe, PIPE);
        this.packing = new FutureTask<>(() -> {
            try (tar) {
                return new EstargzMembers(tar, this.out, members).pack();
            }
        });
        Thread.ofVirtual().name("estargz").start(packing);
    }

    /** Counts, and stays open when a member ends. */
    static final class Position extends FilterOutputStream {
        private long count;

        Position(OutputStream out) {
            super(out);
        }

        long count() {
            return count;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void close() {}

        void finish() throws IOException {
            out.close();
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        diffId.update(bytes, offset, length);
        uncompressed += length;
        try {
            pipe.write(bytes, offset, length);
        } catch (InterruptedIOException cancelled) {
            throw cancelled;
        } catch (IOException broken) {
            table();
            throw broken;
        }
    }

    /** Waits until the tar is packed; what went wrong there is the reason for a pipe that broke. */
    private JsonObject table() throws IOException {
        try {
            return packing.get();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while packing");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (failed.getCause() instanceof Fault cause) {
                throw cause;
            }
            throw new IllegalStateException("the encoder failed", failed.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        if (tocDigest.isPresent()) {
            return;
        }
        pipe.close();
        byte[] table = Json.bytes(table());
        tocDigest = Optional.of(Digest.of(table));
        long offset = out.count();
        try (OutputStream packed = new FilterOutputStream(members.begin(out)) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                diffId.update(bytes, from, length);
                uncompressed += length;
                out.write(bytes, from, length);
            }
        }) {
            TarWriter tar = new TarWriter(packed);
            tar.put(TarEntry.of(TOC, TarEntry.Type.FILE, 0, table.length));
            tar.write(table, 0, table.length);
            tar.finish();
        }
        out.write(footer(offset));
        out.finish();
    }

    /** An empty member of 51 bytes whose extra field says where the table is. */
    private static byte[] footer(long offset) {
        byte[] footer = new byte[51];
        byte[] head = {0x1F, (byte) 0x8B, 8, 4, 0, 0, 0, 0, 0, (byte) 0xFF, 26, 0, 'S', 'G', 22, 0};
        System.arraycopy(head, 0, footer, 0, head.length);
        byte[] place =
                String.format(java.util.Locale.ROOT, "%016xSTARGZ", offset).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(place, 0, footer, head.length, place.length);
        // a last stored block of nothing; checksum and size of nothing are zero
        byte[] nothing = {1, 0, 0, (byte) 0xFF, (byte) 0xFF};
        System.arraycopy(nothing, 0, footer, head.length + place.length, nothing.length);
        return footer;
    }

    /** What the layer's descriptor has to say, once this is closed. */
    public Map<String, String> annotations() {
        Digest digest = tocDigest.orElseThrow(() -> new IllegalStateException("it is not closed yet"));
        return Map.of(TOC_DIGEST, digest.toString(), UNCOMPRESSED_SIZE, Long.toString(uncompressed));
    }
}

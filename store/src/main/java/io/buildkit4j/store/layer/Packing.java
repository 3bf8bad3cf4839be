package io.buildkit4j.store.layer;

import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.EstargzOutput;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.layer.LayerNotes.Form;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/** A tar goes in, a blob with both digests comes out. */
final class Packing implements AutoCloseable {
    private static final int BUFFER = 1 << 17;

    private final Compression compression;
    private final int level;
    private final ContentStore.Writer writer;
    private final MessageDigest hash = Digest.sha256();
    private final OutputStream tar;
    private Optional<EstargzOutput> table = Optional.empty();

    /** Takes over the writer. */
    Packing(ContentStore.Writer writer, LayerFormat format) throws IOException {
        this.writer = writer;
        compression = MediaTypes.wanted(format);
        level = format.level();
        OutputStream blob = new BufferedOutputStream(writer.stream(), BUFFER);
        tar = switch (format.method()) {
            // one digest serves for both
            case UNCOMPRESSED -> blob;
            case GZIP, ZSTD -> hashed(compression.compress(blob, format.level()));
            case ESTARGZ -> {
                int level = format.level() < 0 ? 6 : format.level();
                EstargzOutput packed = new EstargzOutput(blob, level, hash);
                table = Optional.of(packed);
                yield new BufferedOutputStream(packed, BUFFER);
            }
        };
    }

    private OutputStream hashed(OutputStream packed) {
        return new BufferedOutputStream(new DigestOutputStream(packed, hash), BUFFER);
    }

    /** Where the tar goes. */
    OutputStream tar() {
        return tar;
    }

    /** The tar is complete. */
    Form finish() throws IOException {
        tar.close();
        Map<String, String> annotations = table.map(EstargzOutput::annotations).orElse(Map.of());
        Descriptor blob = writer.commit(MediaTypes.of(compression, true)).withAnnotations(annotations);
        Digest diffId = compression == Compression.NONE ? blob.digest() : Digest.ofHash(hash.digest());
        return new Form(blob, diffId, false, level);
    }

    @Override
    public void close() {
        writer.close();
    }
}

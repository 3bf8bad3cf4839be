package io.buildkit4j.store.content;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.budget.Reservation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A blob in a file of its own until it is complete; hashed as it is written. */
final class BlobWriter implements ContentStore.Writer {
    private final Blobs blobs;
    private final MessageDigest hash;
    private final Path file;
    private final OutputStream out;
    private final OutputStream stream = new Hashing();
    private final Reservation room;
    private long written;
    private boolean adopted;

    BlobWriter(Blobs blobs, MessageDigest hash, Path temporary) {
        this.blobs = blobs;
        this.hash = hash;
        this.room = blobs.budget().reserve();
        try {
            file = Files.createTempFile(temporary, "blob-", "");
            out = Files.newOutputStream(file);
        } catch (IOException failed) {
            throw Blobs.fault("cannot begin a blob below " + temporary, failed);
        }
    }

    private final class Hashing extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            room.spend(length);
            out.write(bytes, offset, length);
            hash.update(bytes, offset, length);
            written += length;
        }
    }

    /** The size is known: there is room for all of it, or it does not begin. */
    void expect(long bytes) throws InterruptedException {
        room.expect(bytes);
    }

    long written() {
        return written;
    }

    @Override
    public OutputStream stream() {
        return stream;
    }

    @Override
    public Descriptor commit(String mediaType) {
        Digest digest = Digest.ofHash(hash.digest());
        adopt(digest);
        return Descriptor.of(mediaType, digest, written);
    }

    /** Completes it as this blob, if that is what it is. */
    void commit(Descriptor expected) {
        String hex = HexFormat.of().formatHex(hash.digest());
        if (written != expected.size() || !hex.equals(expected.digest().hex())) {
            throw new StoreFault(
                    Kind.DATA_LOSS,
                    "what came for " + expected.digest() + " (" + expected.size() + " bytes) is "
                            + expected.digest().algorithm() + ":" + hex + " (" + written + " bytes)");
        }
        adopt(expected.digest());
    }

    private void adopt(Digest digest) {
        try {
            out.close();
            blobs.adopt(file, digest, written);
            adopted = true;
            room.close();
        } catch (IOException failed) {
            throw Blobs.fault("cannot store the blob " + digest, failed);
        }
    }

    @Override
    public void close() {
        if (adopted) {
            return;
        }
        try (room) {
            out.close();
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw Blobs.fault("cannot remove " + file, failed);
        }
    }
}

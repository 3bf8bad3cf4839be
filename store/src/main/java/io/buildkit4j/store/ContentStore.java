package io.buildkit4j.store;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Content by digest below {@code content/}, laid out as an OCI image layout that foreign tools can read. A blob is there
 * whole and verified, or not at all. Safe for any thread.
 */
public interface ContentStore extends BlobSource {
    /** Size in bytes, or nothing when it is not here. */
    Optional<Long> size(Digest digest);

    /** The directory of the layout. */
    Path directory();

    /** The file that holds it. */
    Optional<Path> path(Digest digest);

    /** Takes small content whole. */
    Descriptor put(String mediaType, byte[] bytes);

    /** The whole of a small blob. */
    byte[] bytes(Descriptor blob);

    /**
     * Fetches the blob from the source unless it is here, verifying size and digest; two that want one blob share the
     * transfer.
     */
    void fetch(Descriptor blob, BlobSource source, TransferListener listener) throws InterruptedException;

    /** Begins to write content whose digest is not known yet. Closing without commit leaves nothing. */
    Writer begin();

    /** Content that is being written. */
    interface Writer extends AutoCloseable {
        /** Where the bytes go. */
        OutputStream stream();

        /** Completes it under the digest of what was written. */
        Descriptor commit(String mediaType);

        @Override
        void close();
    }

    /** Opens the whole blob; see {@link BlobSource}. */
    default InputStream open(Descriptor blob) throws InterruptedException {
        return open(blob, 0);
    }
}

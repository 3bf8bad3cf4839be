package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Repository;
import io.buildkit4j.wire.SessionContent;
import java.io.IOException;
import java.io.InputStream;

/** An image layout of a client, from which it sends what it is asked for. */
record ClientContent(String name, SessionContent store) implements ImagePlace {
    /** Of documents, which are read into memory. */
    private static final long LARGEST = 8 << 20;

    @Override
    public Repository.Document manifest(Digest digest) throws InterruptedException {
        long size = store.size(digest.toString())
                .orElseThrow(() -> new WorkerFault(
                        Kind.NOT_FOUND, "the client's image layout " + name + " has no content " + digest));
        if (size > LARGEST) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT,
                    digest + " of the client's image layout " + name + " is no manifest: it has " + size + " bytes");
        }
        try (InputStream in = store.open(digest.toString(), 0)) {
            byte[] bytes = in.readNBytes((int) size + 1);
            if (!Digest.of(bytes).equals(digest)) {
                throw new WorkerFault(
                        Kind.DATA_LOSS, "the client's image layout " + name + " has something else as " + digest);
            }
            return new Repository.Document(Descriptor.of(MediaTypes.OCI_MANIFEST, digest, size), bytes);
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.UNAVAILABLE,
                    "the client's image layout " + name + " cannot be read: " + failed.getMessage(),
                    failed);
        }
    }

    @Override
    public InputStream open(Descriptor blob, long offset) throws InterruptedException {
        return store.open(blob.digest().toString(), offset);
    }
}

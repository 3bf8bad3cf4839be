package io.buildkit4j.exporter;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Content by digest in an image layout of a directory, as simply as it can be. */
final class DirectoryContent implements ContentStore {
    private final Path root;

    DirectoryContent(Path root) {
        this.root = root;
        try {
            Files.createDirectories(root.resolve("blobs/sha256"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Optional<Long> size(Digest digest) {
        return path(digest).map(path -> path.toFile().length());
    }

    @Override
    public Path directory() {
        return root;
    }

    @Override
    public Optional<Path> path(Digest digest) {
        return Optional.of(root.resolve("blobs/" + digest.algorithm() + "/" + digest.hex()))
                .filter(Files::exists);
    }

    @Override
    public Descriptor put(String mediaType, byte[] bytes) {
        Digest digest = Digest.of(bytes);
        try {
            Files.write(root.resolve("blobs/sha256/" + digest.hex()), bytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return Descriptor.of(mediaType, digest, bytes.length);
    }

    private Path present(Descriptor blob) {
        return path(blob.digest()).orElseThrow(() -> new StoreFault(Kind.NOT_FOUND, "no blob " + blob.digest()));
    }

    @Override
    public byte[] bytes(Descriptor blob) {
        try {
            return Files.readAllBytes(present(blob));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void fetch(Descriptor blob, BlobSource source, TransferListener listener) throws InterruptedException {
        try (InputStream in = source.open(blob, 0)) {
            put(blob.mediaType(), in.readAllBytes());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Writer begin() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new Writer() {
            @Override
            public OutputStream stream() {
                return bytes;
            }

            @Override
            public Descriptor commit(String mediaType) {
                return put(mediaType, bytes.toByteArray());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public InputStream open(Descriptor blob, long offset) {
        try {
            InputStream in = Files.newInputStream(present(blob));
            in.skipNBytes(offset);
            return in;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

package io.buildkit4j.store.content;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The content store of one state directory. */
public final class Blobs implements ContentStore {
    private static final String TABLE = "blob";
    private static final int PIECE = 1 << 18;

    private final Path root;
    private final Path temporary;
    private final MetadataTable records;
    private final DeferredWrites deferred;
    /** Sizes of blobs that are here and known to be whole. */
    private final Map<Digest, Long> trusted = new ConcurrentHashMap<>();

    private final Map<Digest, Transfer> transfers = new ConcurrentHashMap<>();

    /** Opens the layout at {@code root} or makes it; unfinished blobs are below {@code temporary}, on the same disk. */
    public Blobs(Path root, Path temporary, Database database, DeferredWrites deferred) {
        this.root = root;
        this.temporary = temporary;
        this.deferred = deferred;
        records = database.table(TABLE);
        try {
            Files.createDirectories(root.resolve("blobs/sha256"));
            Files.createDirectories(root.resolve("blobs/sha512"));
            writeOnce(root.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            writeOnce(
                    root.resolve("index.json"),
                    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}");
        } catch (IOException failed) {
            throw fault("cannot make the content store " + root, failed);
        }
    }

    private static void writeOnce(Path file, String text) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            Files.writeString(file, text);
        }
    }

    private Path file(Digest digest) {
        return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    @Override
    public Optional<Long> size(Digest digest) {
        try {
            long size = Files.size(file(digest));
            Long known = trusted.get(digest);
            if (known != null && known == size) {
                return Optional.of(size);
            }
            return whole(digest, size) ? Optional.of(size) : Optional.empty();
        } catch (NoSuchFileException absent) {
            trusted.remove(digest);
            return Optional.empty();
        } catch (IOException failed) {
            throw fault("cannot look at the blob " + digest, failed);
        }
    }

    private boolean whole(Digest digest, long size) throws IOException {
        byte[] recorded = Long.toString(size).getBytes(StandardCharsets.US_ASCII);
        boolean known = records.get(digest.toString())
                .filter(value -> java.util.Arrays.equals(value, recorded))
                .isPresent();
        if (known) {
            trusted.put(digest, size);
            return true;
        }
        var hash = Hashes.of(digest);
        try (InputStream in = Files.newInputStream(file(digest))) {
            byte[] piece = new byte[PIECE];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                hash.update(piece, 0, length);
            }
        }
        if (HexFormat.of().formatHex(hash.digest()).equals(digest.hex())) {
            trust(digest, size);
            return true;
        }
        discard(digest);
        return false;
    }

    private void discard(Digest digest) throws IOException {
        trusted.remove(digest);
        Files.deleteIfExists(file(digest));
    }

    private void trust(Digest digest, long size) {
        trusted.put(digest, size);
        byte[] value = Long.toString(size).getBytes(StandardCharsets.US_ASCII);
        deferred.put(TABLE, digest.toString(), () -> value);
    }

    @Override
    public Optional<Path> path(Digest digest) {
        return size(digest).map(present -> file(digest));
    }

    @Override
    public Descriptor put(String mediaType, byte[] bytes) {
        try (BlobWriter writer = begin()) {
            writer.stream().write(bytes);
            return writer.commit(mediaType);
        } catch (IOException failed) {
            throw fault("cannot write a blob", failed);
        }
    }

    /** Reads the blob; one that is not what its digest says is removed and is NOT_FOUND. */
    @Override
    public byte[] bytes(Descriptor blob) {
        Path file = present(blob);
        try {
            byte[] bytes = Files.readAllBytes(file);
            var hash = Hashes.of(blob.digest());
            if (HexFormat.of()
                    .formatHex(hash.digest(bytes))
                    .equals(blob.digest().hex())) {
                return bytes;
            }
            discard(blob.digest());
        } catch (IOException failed) {
            throw fault("cannot read the blob " + blob.digest(), failed);
        }
        throw new StoreFault(Kind.NOT_FOUND, "blob " + blob.digest() + " was damaged on disk and is removed");
    }

    private Path present(Descriptor blob) {
        return path(blob.digest())
                .orElseThrow(() -> new StoreFault(Kind.NOT_FOUND, "blob " + blob.digest() + " is not in the store"));
    }

    @Override
    public InputStream open(Descriptor blob, long offset) {
        Path file = present(blob);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            channel.position(offset);
            return Channels.newInputStream(channel);
        } catch (IOException failed) {
            throw fault("cannot open the blob " + blob.digest(), failed);
        }
    }

    @Override
    public void fetch(Descriptor blob, BlobSource source, TransferListener listener) throws InterruptedException {
        while (size(blob.digest()).isEmpty()) {
            Transfer own = new Transfer();
            own.listen(listener);
            Transfer running = transfers.putIfAbsent(blob.digest(), own);
            if (running == null) {
                transfer(own, blob, source);
            } else {
                running.listen(listener);
                running.await();
            }
        }
    }

    private void transfer(Transfer transfer, Descriptor blob, BlobSource source) throws InterruptedException {
        try {
            if (size(blob.digest()).isEmpty()) {
                copy(transfer, blob, source);
            }
        } catch (Fault failed) {
            transfer.fail(failed);
            throw failed;
        } finally {
            transfers.remove(blob.digest());
            transfer.end();
        }
    }

    private void copy(Transfer transfer, Descriptor blob, BlobSource source) throws InterruptedException {
        String id = blob.digest().toString();
        try (InputStream in = source.open(blob, 0);
                BlobWriter writer = new BlobWriter(this, Hashes.of(blob.digest()), temporary)) {
            byte[] piece = new byte[PIECE];
            transfer.progress(id, 0, blob.size(), false);
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("the transfer of " + id + " was cancelled");
                }
                writer.stream().write(piece, 0, length);
                if (writer.written() > blob.size()) {
                    throw new StoreFault(Kind.DATA_LOSS, id + " is longer than the promised " + blob.size() + " bytes");
                }
                transfer.progress(id, writer.written(), blob.size(), false);
            }
            writer.commit(blob);
            transfer.progress(id, blob.size(), blob.size(), true);
        } catch (java.io.InterruptedIOException | java.nio.channels.ClosedByInterruptException cancelled) {
            Thread.interrupted();
            throw new InterruptedException("the transfer of " + id + " was cancelled");
        } catch (IOException failed) {
            throw fault("cannot fetch " + id, failed);
        }
    }

    @Override
    public BlobWriter begin() {
        return new BlobWriter(this, Digest.sha256(), temporary);
    }

    /** Takes a complete file. */
    void adopt(Path complete, Digest digest, long size) throws IOException {
        if (size(digest).isPresent()) {
            Files.delete(complete);
            return;
        }
        Files.move(complete, file(digest), StandardCopyOption.REPLACE_EXISTING);
        trust(digest, size);
    }

    static StoreFault fault(String what, IOException failed) {
        String reason = String.valueOf(failed.getMessage());
        boolean full = reason.contains("No space left");
        return new StoreFault(full ? Kind.RESOURCE_EXHAUSTED : Kind.UNAVAILABLE, what + ": " + reason, failed);
    }
}

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
import io.buildkit4j.store.budget.Budget;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The content store of one state directory. */
public final class Blobs implements ContentStore {
    private static final String TABLE = "blob";
    private static final int PIECE = 1 << 18;

    private final Path root;
    private final Path temporary;
    private final MetadataTable records;
    private final DeferredWrites deferred;
    private final BlobLedger ledger;
    private final Budget budget;
    /** Size and time of files that are here and known to be whole. */
    private final Map<Digest, Seal> trusted = new ConcurrentHashMap<>();

    private final Map<Digest, Transfer> transfers = new ConcurrentHashMap<>();
    private volatile Function<Digest, Optional<BlobSource>> supply = digest -> Optional.empty();

    /** What a file looked like when its content was known; one that looks different is read again before it is used. */
    private record Seal(long size, long modified) {
        static Seal of(Path file) throws IOException {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            return new Seal(seen.size(), seen.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }

        byte[] bytes() {
            return (size + " " + modified).getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Opens the layout in the state directory or makes it. What is written is promised by the budget first. */
    public Blobs(Path state, Database database, DeferredWrites deferred, BlobLedger ledger, Budget budget) {
        this.ledger = ledger;
        this.budget = budget;
        this.root = state.resolve("content");
        this.temporary = state.resolve("tmp");
        this.deferred = deferred;
        records = database.table(TABLE);
        try {
            Files.createDirectories(root.resolve("blobs/sha256"));
            Files.createDirectories(root.resolve("blobs/sha512"));
            writeOnce(root.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            writeOnce(
                    root.resolve("index.json"),
                    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}");
            takeStock();
        } catch (IOException failed) {
            throw fault("cannot make the content store " + root, failed);
        }
    }

    /** Where blobs come from that are read though they are not here. */
    public void supplyBy(Function<Digest, Optional<BlobSource>> sources) {
        supply = sources;
    }

    Budget budget() {
        return budget;
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
            Seal seal = Seal.of(file(digest));
            if (!seal.equals(trusted.get(digest)) && !whole(digest, seal)) {
                return Optional.empty();
            }
            ledger.add(digest, seal.size, Instant.now());
            return Optional.of(seal.size);
        } catch (NoSuchFileException absent) {
            forget(digest);
            return Optional.empty();
        } catch (IOException failed) {
            throw fault("cannot look at the blob " + digest, failed);
        }
    }

    private boolean whole(Digest digest, Seal seal) throws IOException {
        byte[] recorded = seal.bytes();
        boolean known = records.get(digest.toString())
                .filter(value -> java.util.Arrays.equals(value, recorded))
                .isPresent();
        if (known) {
            trusted.put(digest, seal);
            return true;
        }
        if (isWhole(digest)) {
            trust(digest, seal);
            return true;
        }
        discard(digest);
        return false;
    }

    /** Reads it. */
    private boolean isWhole(Digest digest) throws IOException {
        var hash = Hashes.of(digest);
        try (InputStream in = Files.newInputStream(file(digest))) {
            byte[] piece = new byte[PIECE];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                hash.update(piece, 0, length);
            }
        }
        return HexFormat.of().formatHex(hash.digest()).equals(digest.hex());
    }

    /** How a blob was found. */
    public enum State {
        /** As its digest says. */
        WHOLE,
        /** Its file is not there, though nobody removed it. */
        LOST,
        /** Its bytes are others. */
        ALTERED,
        /** Somebody removed it meanwhile. */
        REMOVED
    }

    /** Reads every byte of the blob; one that is not what its digest says is removed. */
    public State verify(Digest digest) {
        try {
            if (isWhole(digest)) {
                return State.WHOLE;
            }
            discard(digest);
            return State.ALTERED;
        } catch (NoSuchFileException absent) {
            // whoever removes one strikes it off first
            boolean lost = ledger.has(digest);
            forget(digest);
            return lost ? State.LOST : State.REMOVED;
        } catch (IOException failed) {
            throw fault("cannot read the blob " + digest, failed);
        }
    }

    /** Removes the blob, which nobody needs; answers its bytes. */
    public long remove(Digest digest) {
        try {
            Path file = file(digest);
            long size = Files.size(file);
            discard(digest);
            return size;
        } catch (NoSuchFileException absent) {
            forget(digest);
            return 0;
        } catch (IOException failed) {
            throw fault("cannot remove the blob " + digest, failed);
        }
    }

    private void discard(Digest digest) throws IOException {
        forget(digest);
        Files.deleteIfExists(file(digest));
    }

    private void forget(Digest digest) {
        boolean known = trusted.remove(digest) != null;
        ledger.remove(digest);
        if (known || records.get(digest.toString()).isPresent()) {
            deferred.remove(TABLE, digest.toString());
        }
    }

    private void trust(Digest digest, Seal seal) {
        trusted.put(digest, seal);
        byte[] value = seal.bytes();
        deferred.put(TABLE, digest.toString(), () -> value);
    }

    /** Takes stock of what lies there; what is no blob is removed. */
    private void takeStock() throws IOException {
        for (String algorithm : List.of("sha256", "sha512")) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("blobs/" + algorithm))) {
                for (Path file : files) {
                    takeStock(algorithm, file);
                }
            }
        }
    }

    private void takeStock(String algorithm, Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (seen.isRegularFile() && name.matches("[0-9a-f]{64}([0-9a-f]{64})?")) {
            ledger.add(
                    Digest.parse(algorithm + ":" + name),
                    seen.size(),
                    seen.lastModifiedTime().toInstant());
        }
    }

    @Override
    public Path directory() {
        return root;
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
    public InputStream open(Descriptor blob, long offset) throws InterruptedException {
        if (size(blob.digest()).isEmpty()) {
            Optional<BlobSource> source = supply.apply(blob.digest());
            if (source.isPresent()) {
                fetch(blob, source.get(), TransferListener.SILENT);
            }
        }
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
            writer.expect(blob.size());
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
        ledger.add(digest, size, Instant.now());
        trust(digest, Seal.of(file(digest)));
    }

    static StoreFault fault(String what, IOException failed) {
        String reason = String.valueOf(failed.getMessage());
        boolean full = reason.contains("No space left");
        return new StoreFault(full ? Kind.RESOURCE_EXHAUSTED : Kind.UNAVAILABLE, what + ": " + reason, failed);
    }
}

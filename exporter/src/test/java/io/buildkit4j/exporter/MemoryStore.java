package io.buildkit4j.exporter;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.MediaTypes;
import io.buildkit4j.image.Platform;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.Brake;
import io.buildkit4j.store.ContentStore;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.PruneRule;
import io.buildkit4j.store.RecordKeeper;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.RemovalListener;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.store.SpaceUsage;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.Verification;
import io.buildkit4j.store.Work;
import io.buildkit4j.store.Writing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A store whose refs are trees in memory, one layer each. */
final class MemoryStore implements Store {
    static final Instant MADE = Instant.parse("2021-02-03T04:05:06Z");

    private final ContentStore content;

    MemoryStore(Path directory) {
        content = new DirectoryContent(directory);
    }

    @Override
    public ContentStore content() {
        return content;
    }

    @Override
    public List<LayerBlob> layers(Ref ref, LayerFormat format) throws InterruptedException {
        Compression compression = switch (format.method()) {
            case UNCOMPRESSED -> Compression.NONE;
            case GZIP, ESTARGZ -> Compression.GZIP;
            case ZSTD -> Compression.ZSTD;
        };
        try {
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            PlatformResult whole = new PlatformResult(Platform.of("linux", "amd64", ""), ref, Optional.empty());
            new ResultTree(List.of(whole), false, Optional.empty()).writeTar(tar);
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream out = compression.compress(packed, format.level())) {
                tar.writeTo(out);
            }
            return List.of(new LayerBlob(
                    content.put(MediaTypes.layer(compression, format.ociMediaTypes()), packed.toByteArray()),
                    Digest.of(tar.toByteArray()),
                    Optional.of(MADE),
                    "the only step"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public MetadataTable table(String name) {
        return new MemoryTable(new java.util.TreeMap<>());
    }

    private record MemoryTable(Map<String, byte[]> values) implements MetadataTable {
        @Override
        public Optional<byte[]> get(String key) {
            return Optional.ofNullable(values.get(key));
        }

        @Override
        public List<Map.Entry<String, byte[]>> scan(String prefix) {
            return values.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(prefix))
                    .toList();
        }

        @Override
        public void write(Map<String, byte[]> put, List<String> remove) {
            values.putAll(put);
            remove.forEach(values::remove);
        }
    }

    @Override
    public Ref scratch() {
        return new MemoryTree();
    }

    @Override
    public boolean has(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Ref> find(String id) {
        return Optional.empty();
    }

    @Override
    public ActiveRef begin(Ref parent, RefDescription description) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Ref unpack(List<LayerBlob> layers, BlobSource source, TransferListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Ref defer(List<LayerBlob> layers, BlobSource source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Ref merge(List<Ref> inputs, RefDescription description) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Ref diff(Ref lower, Ref upper, RefDescription description) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<UsageRecord> usage() {
        return List.of();
    }

    @Override
    public List<UsageRecord> looseContent() {
        return List.of();
    }

    @Override
    public void prune(PruneRule rule, Consumer<UsageRecord> gone) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void collect() {}

    @Override
    public List<PruneRule> rules() {
        return List.of();
    }

    @Override
    public SpaceUsage space() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T withRoom(Writing<T> work) throws InterruptedException {
        return work.run();
    }

    @Override
    public void own(String owner, List<Digest> blobs) {}

    @Override
    public long paid(String owner) {
        return 0;
    }

    @Override
    public long release(String owner) {
        return 0;
    }

    @Override
    public Snapshotter snapshotter() {
        return Snapshotter.NATIVE;
    }

    @Override
    public Work brake(Brake brake) {
        return () -> {};
    }

    @Override
    public Work work() {
        return () -> {};
    }

    @Override
    public void join(RecordKeeper keeper) {
        // nothing is removed here
    }

    @Override
    public void listen(RemovalListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Verification verify() {
        return new Verification(List.of(), 0, 0, 0);
    }

    @Override
    public Optional<Long> remove(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

package io.buildkit4j.store.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.TarEntry;
import io.buildkit4j.image.TarReader;
import io.buildkit4j.image.TarWriter;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A store, and layers to unpack into it that lie in memory. */
final class LayerFixture implements AutoCloseable {
    static final long TIME = 1_234_567_890_123_456_789L;

    final Store store;
    private final Path directory;
    private final Map<Digest, byte[]> remote = new HashMap<>();
    /** How often a blob was asked for. */
    final AtomicInteger asked = new AtomicInteger();

    LayerFixture(Path directory) {
        this.directory = directory;
        store = Store.open(directory);
    }

    /** Writes a tar. */
    static final class Tar {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarWriter tar = new TarWriter(bytes);

        Tar put(TarEntry entry) throws IOException {
            tar.put(entry);
            return this;
        }

        Tar entry(String name, TarEntry.Type type, int mode, String link) throws IOException {
            return put(new TarEntry(name, type, mode, 7, 8, 0, TIME, link, 0, Map.of()));
        }

        Tar directory(String name) throws IOException {
            return entry(name, TarEntry.Type.DIRECTORY, 0751, "");
        }

        Tar link(String name, String target) throws IOException {
            return entry(name, TarEntry.Type.LINK, 0777, target);
        }

        Tar hardLink(String name, String target) throws IOException {
            return entry(name, TarEntry.Type.HARD_LINK, 0644, target);
        }

        Tar file(String name, String text) throws IOException {
            byte[] content = text.getBytes(UTF_8);
            tar.put(
                    new TarEntry(name, TarEntry.Type.FILE, 0640, 7, 8, content.length, TIME, "", 0, Map.of()),
                    new ByteArrayInputStream(content));
            return this;
        }

        byte[] bytes() throws IOException {
            tar.finish();
            return bytes.toByteArray();
        }
    }

    LayerBlob blob(Tar tar) throws IOException {
        return blob(tar.bytes(), Compression.GZIP);
    }

    LayerBlob blob(byte[] tar, Compression compression) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = compression.compress(packed, 1)) {
            out.write(tar);
        }
        return blob(packed.toByteArray(), Digest.of(tar), compression);
    }

    /** What the registry has under this digest may be something else. */
    LayerBlob blob(byte[] packed, Digest diffId, Compression compression) {
        Digest digest = Digest.of(packed);
        remote.put(digest, packed);
        Descriptor blob = Descriptor.of(MediaTypes.of(compression, true), digest, packed.length);
        return new LayerBlob(blob, diffId, Optional.empty(), "");
    }

    byte[] bytes(Descriptor blob) {
        return remote.getOrDefault(blob.digest(), new byte[0]);
    }

    void replace(LayerBlob layer, byte[] bytes) {
        remote.put(layer.blob().digest(), bytes);
    }

    private InputStream open(Descriptor blob, long offset) {
        asked.incrementAndGet();
        byte[] bytes = bytes(blob);
        return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    Ref unpack(LayerBlob... layers) throws InterruptedException {
        return store.unpack(List.of(layers), this::open, TransferListener.SILENT);
    }

    Ref defer(LayerBlob... layers) throws InterruptedException {
        return store.defer(List.of(layers), this::open);
    }

    List<TarEntry> entries(LayerBlob layer) throws IOException, InterruptedException {
        List<TarEntry> all = new ArrayList<>();
        try (InputStream in = Compression.decompressed(store.content().open(layer.blob()))) {
            TarReader reader = new TarReader(in);
            for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                all.add(entry.get());
            }
        }
        return all;
    }

    static List<String> names(Ref ref, String directory) throws InterruptedException {
        return ref.tree().list(directory).stream().map(TreeEntry::name).toList();
    }

    static String text(Ref ref, String path) throws IOException, InterruptedException {
        try (InputStream in = ref.tree().open(ref.tree().find(path, true).orElseThrow())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    static TreeEntry at(Ref ref, String path) throws InterruptedException {
        return ref.tree().find(path, false).orElseThrow(() -> new AssertionError(path + " is not there"));
    }

    @Override
    public void close() {
        store.close();
        FileTree.remove(directory.toString());
    }
}

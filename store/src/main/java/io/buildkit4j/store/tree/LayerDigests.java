package io.buildkit4j.store.tree;

import io.buildkit4j.footing.NameBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Remembered hashes of one layer that never changes: of files' bytes by path, and of merged directories by a key that names
 * all their parts. Kept in a file beside the layer to which batches are appended: length, CRC-32C, then records of a 16-bit
 * length, a key and 32 bytes. What follows a torn batch is not read. Losing it costs
 * time, and what is shared may be taken for hard links ({@link Sharing}).
 */
final class LayerDigests {
    private static final int HASH = 32;
    private static final String KIN = "k";
    private static final int LARGEST_BATCH = 1 << 28;

    private final Optional<Path> file;
    private final Map<String, byte[]> known = new ConcurrentHashMap<>();
    /** Guards the list of what is to be appended; held for a few instructions. */
    private final ReentrantLock lock = new ReentrantLock();

    private List<String> fresh = new ArrayList<>();
    private volatile boolean loaded;

    LayerDigests(Optional<Path> file) {
        this.file = file;
        loaded = file.isEmpty();
    }

    byte @Nullable [] find(String key) {
        load();
        return known.get(key);
    }

    /** Roots of layers that have a file in common with this one, in a set of the caller's own. */
    Set<String> kin() {
        load();
        Set<String> kin = new HashSet<>();
        if (known.containsKey(KIN)) {
            for (String key : known.keySet()) {
                if (key.startsWith(KIN) && key.length() > KIN.length()) {
                    kin.add(key.substring(KIN.length()));
                }
            }
        }
        return kin;
    }

    /** Remembers such layers; the caller saves. */
    void addKin(Set<String> roots) {
        if (!roots.isEmpty()) {
            put(KIN, new byte[HASH]);
            roots.forEach(root -> put(KIN + root, new byte[HASH]));
        }
    }

    void put(String key, byte[] hash) {
        if (known.put(key, hash) == null && file.isPresent()) {
            lock.lock();
            try {
                fresh.add(key);
            } finally {
                lock.unlock();
            }
        }
    }

    private void load() {
        if (loaded) {
            return;
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file.orElseThrow()));
            while (in.remaining() > 8) {
                int length = in.getInt();
                int crc = in.getInt();
                if (length <= 0 || length > in.remaining() || crc(in.slice(in.position(), length)) != crc) {
                    break;
                }
                read(in.slice(in.position(), length));
                in.position(in.position() + length);
            }
        } catch (IOException | RuntimeException ignored) {
            // absent, or damaged: what was read so far had its checksum
        }
        loaded = true;
    }

    private void read(ByteBuffer batch) {
        while (batch.hasRemaining()) {
            byte[] key = new byte[batch.getShort() & 0xffff];
            byte[] hash = new byte[HASH];
            batch.get(key).get(hash);
            known.putIfAbsent(NameBytes.decode(key), hash);
        }
    }

    /** Appends what is new. A failure is nothing: the hashes are computed again another time. */
    void save() {
        List<String> batch;
        lock.lock();
        try {
            batch = fresh;
            fresh = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        if (batch.isEmpty() || file.isEmpty()) {
            return;
        }
        try (FileChannel out = FileChannel.open(file.get(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = encode(batch);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException unwritten) {
            lock.lock();
            try {
                fresh.addAll(batch);
            } finally {
                lock.unlock();
            }
        }
    }

    private ByteBuffer encode(List<String> batch) {
        List<byte[]> keys = new ArrayList<>(batch.size());
        int size = 8;
        for (String key : batch) {
            byte[] bytes = NameBytes.encode(key);
            if (bytes.length <= 0xffff && size < LARGEST_BATCH) {
                keys.add(bytes);
                size += 2 + bytes.length + HASH;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(size).position(8);
        for (byte[] key : keys) {
            byte[] hash = known.get(NameBytes.decode(key));
            out.putShort((short) key.length).put(key).put(hash);
        }
        out.flip();
        out.putInt(0, size - 8).putInt(4, crc(out.slice(8, size - 8)));
        return out;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}

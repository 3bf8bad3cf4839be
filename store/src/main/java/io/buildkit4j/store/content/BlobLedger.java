package io.buildkit4j.store.content;

import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which blobs are here and who needs them. An <em>owner</em> is a snapshot's id or an image; a blob of several is paid for by
 * the first. A blob that nobody owns is <em>loose</em>: it stays until room is wanted.
 */
public final class BlobLedger {
    private static final long BLOCK = 4096;

    /** Guards all fields; held for a few instructions. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Digest, Entry> entries = new HashMap<>();
    private final Map<String, Set<Digest>> owned = new HashMap<>();
    private final Map<Digest, Set<String>> owners = new HashMap<>();
    private long total;

    private record Entry(long size, Instant touched) {}

    /** A blob that nobody owns; {@code touched} is when it was last asked for. */
    public record Loose(Digest digest, long size, Instant touched) {}

    void add(Digest digest, long size, Instant touched) {
        lock.lock();
        try {
            Entry before = entries.put(digest, new Entry(size, touched));
            total += onDisk(size) - (before == null ? 0 : onDisk(before.size));
        } finally {
            lock.unlock();
        }
    }

    void remove(Digest digest) {
        lock.lock();
        try {
            Entry before = entries.remove(digest);
            total -= before == null ? 0 : onDisk(before.size);
        } finally {
            lock.unlock();
        }
    }

    /** In whole blocks. */
    private static long onDisk(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Bytes of all blobs, on disk. */
    public long total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** From now on the blob stays as long as the owner, and is paid for by it unless another was there before. */
    public void own(String owner, Digest digest) {
        lock.lock();
        try {
            if (owned.computeIfAbsent(owner, absent -> new LinkedHashSet<>(2)).add(digest)) {
                owners.computeIfAbsent(digest, absent -> new LinkedHashSet<>(2)).add(owner);
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on the owner owns these and nothing else; answers the blobs that are loose by that. */
    public List<Digest> ownOnly(String owner, List<Digest> digests) {
        lock.lock();
        try {
            Set<Digest> before = new LinkedHashSet<>(owned.getOrDefault(owner, Set.of()));
            digests.forEach(digest -> own(owner, digest));
            digests.forEach(before::remove);
            owned.getOrDefault(owner, Set.of()).removeAll(before);
            return disowned(owner, before);
        } finally {
            lock.unlock();
        }
    }

    /** The owner is gone; answers the blobs that are loose by that. */
    public List<Digest> release(String owner) {
        lock.lock();
        try {
            Set<Digest> digests = owned.remove(owner);
            return disowned(owner, digests == null ? Set.of() : digests);
        } finally {
            lock.unlock();
        }
    }

    private List<Digest> disowned(String owner, Set<Digest> digests) {
        List<Digest> loose = new ArrayList<>();
        lock.lock();
        try {
            for (Digest digest : digests) {
                Set<String> others = owners.getOrDefault(digest, Set.of());
                others.remove(owner);
                if (others.isEmpty()) {
                    owners.remove(digest);
                    loose.add(digest);
                }
            }
        } finally {
            lock.unlock();
        }
        return loose;
    }

    /** Bytes of the blobs that this owner pays for. */
    public long paid(String owner) {
        long sum = 0;
        lock.lock();
        try {
            for (Digest digest : owned.getOrDefault(owner, Set.of())) {
                Entry entry = entries.get(digest);
                boolean first =
                        owners.getOrDefault(digest, Set.of()).iterator().next().equals(owner);
                sum += entry != null && first ? entry.size : 0;
            }
        } finally {
            lock.unlock();
        }
        return sum;
    }

    /** All that nobody owns. */
    public List<Loose> loose() {
        List<Loose> loose = new ArrayList<>();
        lock.lock();
        try {
            entries.forEach((digest, entry) -> {
                if (!owners.containsKey(digest)) {
                    loose.add(new Loose(digest, entry.size, entry.touched));
                }
            });
        } finally {
            lock.unlock();
        }
        return loose;
    }

    /** The blob, if it is here and nobody owns it. */
    public Optional<Loose> loose(Digest digest) {
        lock.lock();
        try {
            Entry entry = owners.containsKey(digest) ? null : entries.get(digest);
            return Optional.ofNullable(entry).map(found -> new Loose(digest, found.size, found.touched));
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is here, as far as anybody knows. */
    boolean has(Digest digest) {
        lock.lock();
        try {
            return entries.containsKey(digest);
        } finally {
            lock.unlock();
        }
    }

    /** Every blob. */
    public List<Digest> all() {
        lock.lock();
        try {
            return List.copyOf(entries.keySet());
        } finally {
            lock.unlock();
        }
    }
}

package io.buildkit4j.worker.cachemount;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.llb.ExecMount.CacheSharing;
import io.buildkit4j.store.RecordKeeper;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * All caches below one directory: {@code KEY-NUMBER/fs} is a place of the cache with that key, {@code KEY-NUMBER/name} says
 * what it is for, and its time when it was used last. A place without a name was being made when the daemon died, and is
 * removed. Safe for any thread.
 */
public final class CacheMounts implements RecordKeeper {
    private static final String FILES = "fs";
    private static final String NAME = "name";

    private final Path folder;
    /** Guards the table; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Map<String, List<Place>> caches = new HashMap<>();

    /** One directory. {@code ready} once it has its first content; {@code alone} while its user shares it with nobody. */
    private static final class Place {
        private final Path path;
        private int users;
        private boolean alone;
        private boolean ready;
        private long uses;

        private Place(Path path) {
            this.path = path;
        }

        /** Whether somebody makes it who will share it. */
        private boolean isComing() {
            return !ready && users > 0 && !alone;
        }
    }

    private CacheMounts(Path folder) {
        this.folder = folder;
    }

    /** Those below the directory, which is made when it is not there. */
    public static CacheMounts open(Path folder) {
        CacheMounts mounts = new CacheMounts(folder);
        try {
            Files.createDirectories(folder);
            try (Stream<Path> listed = Files.list(folder)) {
                for (Path path : listed.sorted().toList()) {
                    mounts.found(path);
                }
            }
            return mounts;
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION, "cannot read the cache mounts in " + folder + ": " + failed, failed);
        }
    }

    private void found(Path path) {
        String name = path.getFileName().toString();
        int dash = name.lastIndexOf('-');
        if (dash < 0 || !Files.exists(path.resolve(NAME))) {
            FileTree.remove(path.toString());
            return;
        }
        Place place = new Place(path);
        place.ready = true;
        caches.computeIfAbsent(name.substring(0, dash), absent -> new ArrayList<>())
                .add(place);
    }

    /** Makes a cache's first content in an empty directory. */
    @FunctionalInterface
    public interface Seed {
        /** Fills the directory. */
        void fill(Path directory) throws InterruptedException;
    }

    /**
     * A cache that is wanted.
     *
     * @param base tells caches of one id over different first contents apart; empty for none
     * @param shownAs for people
     */
    public record Wanted(String id, String base, CacheSharing sharing, String shownAs) {
        private String key() {
            return Digest.ofText(id + "\0" + base).hex().substring(0, 32);
        }
    }

    /** A place in use, until closed. */
    public final class Held implements AutoCloseable {
        private final Place place;

        private Held(Place place) {
            this.place = place;
        }

        /** Its directory. */
        public Path path() {
            return place.path.resolve(FILES);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                place.users--;
                place.alone = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Takes a place of the cache, as the sharing mode says; waits for a locked one, and for a shared one that is being made. */
    public Held take(Wanted wanted, Seed seed) throws InterruptedException {
        Place place = reserve(wanted);
        Held held = new Held(place);
        boolean made = false;
        try {
            if (!place.ready) {
                make(place, wanted, seed);
            }
            touch(place);
            made = true;
            return held;
        } finally {
            if (!made) {
                forget(wanted.key(), place);
                held.close();
            }
        }
    }

    private Place reserve(Wanted wanted) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            List<Place> places = caches.computeIfAbsent(wanted.key(), absent -> new ArrayList<>());
            while (true) {
                Optional<Place> free = places.stream()
                        .filter(place -> place.users == 0
                                || (wanted.sharing() == CacheSharing.SHARED && !place.alone && place.ready))
                        .max(java.util.Comparator.comparingInt(place -> place.users));
                boolean create = switch (wanted.sharing()) {
                    case LOCKED -> places.isEmpty();
                    case PRIVATE -> true;
                    case SHARED -> places.stream().noneMatch(Place::isComing);
                };
                if (free.isPresent() || create) {
                    Place place = free.orElseGet(() -> added(wanted.key(), places));
                    place.users++;
                    place.uses++;
                    place.alone = wanted.sharing() != CacheSharing.SHARED;
                    return place;
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private Place added(String key, List<Place> places) {
        int number = places.size();
        while (number < Integer.MAX_VALUE && taken(places, key + "-" + number)) {
            number++;
        }
        Place place = new Place(folder.resolve(key + "-" + number));
        places.add(place);
        return place;
    }

    private static boolean taken(List<Place> places, String name) {
        return places.stream()
                .anyMatch(place -> place.path.getFileName().toString().equals(name));
    }

    private void make(Place place, Wanted wanted, Seed seed) throws InterruptedException {
        try {
            FileTree.remove(place.path.toString());
            Files.createDirectories(place.path.resolve(FILES));
            seed.fill(place.path.resolve(FILES));
            Files.writeString(place.path.resolve(NAME), wanted.shownAs());
        } catch (IOException failed) {
            throw new WorkerFault(
                    Kind.INTERNAL, "cannot make a cache mount in " + folder + ": " + failed.getMessage(), failed);
        }
        lock.lock();
        try {
            place.ready = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void touch(Place place) {
        try {
            Files.setLastModifiedTime(place.path.resolve(NAME), java.nio.file.attribute.FileTime.from(Instant.now()));
        } catch (IOException ignored) {
            // it will look as if it had not been used for longer
        }
    }

    private void forget(String key, Place place) {
        lock.lock();
        try {
            Optional.ofNullable(caches.get(key)).ifPresent(places -> places.remove(place));
        } finally {
            lock.unlock();
        }
    }

    /** Every place, as usage shows it. */
    @Override
    public List<UsageRecord> usage() {
        record Seen(Path path, boolean used, long uses) {}
        List<Seen> seen = new ArrayList<>();
        lock.lock();
        try {
            caches.values()
                    .forEach(places -> places.stream()
                            .filter(place -> place.ready)
                            .forEach(place -> seen.add(new Seen(place.path, place.users > 0, place.uses))));
        } finally {
            lock.unlock();
        }
        List<UsageRecord> records = new ArrayList<>();
        for (Seen each : seen) {
            record(each.path(), each.used(), each.uses()).ifPresent(records::add);
        }
        return records;
    }

    private static Optional<UsageRecord> record(Path path, boolean used, long uses) {
        try {
            Path name = path.resolve(NAME);
            Instant last = Files.getLastModifiedTime(name).toInstant();
            Instant created = Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                    .creationTime()
                    .toInstant();
            return Optional.of(new UsageRecord(
                    path.getFileName().toString(),
                    List.of(),
                    true,
                    used,
                    false,
                    size(path),
                    created,
                    Optional.of(last),
                    uses,
                    new RefDescription(Files.readString(name), RecordType.CACHE_MOUNT)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static long size(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            long sum = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                sum += blocks(file);
            }
            return sum;
        } catch (java.io.UncheckedIOException changing) {
            return 0; // a step is changing it
        }
    }

    private static long blocks(Path file) throws IOException {
        try {
            return Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                    ? (Files.size(file) + 4095) & ~4095L
                    : 4096;
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    /** Removes the place with this id, unless it is in use; answers the bytes that this freed. */
    @Override
    public Optional<Long> remove(String id) {
        Path path;
        lock.lock();
        try {
            int dash = id.lastIndexOf('-');
            List<Place> places = caches.getOrDefault(dash < 0 ? "" : id.substring(0, dash), List.of());
            Optional<Place> place = places.stream()
                    .filter(known -> known.path.getFileName().toString().equals(id) && known.users == 0)
                    .findFirst();
            if (place.isEmpty()) {
                return Optional.empty();
            }
            places.remove(place.get());
            path = place.get().path;
        } finally {
            lock.unlock();
        }
        try {
            long size = size(path);
            Files.deleteIfExists(path.resolve(NAME));
            FileTree.remove(path.toString());
            return Optional.of(size);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot remove cache mount " + id + ": " + failed, failed);
        }
    }
}

package io.buildkit4j.worker.listing;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.FilePrint;
import io.buildkit4j.store.Ref;
import io.buildkit4j.worker.FileChanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Listings below one directory, the least recently used removed when they grow beyond a limit. They are made in the
 * background: nobody waits but who asks. Losing one costs an explanation, never a build. Safe for any thread.
 */
public final class Listings implements AutoCloseable {
    private static final long MOST_BYTES = 64L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final long mostBytes;
    /** Guards the map and closed; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Digest, Thread> making = new HashMap<>();
    private boolean closed;
    /** One at a time: a build has better use for the processors. */
    private final Semaphore turn = new Semaphore(1);

    /** Below the directory, which is made. */
    public Listings(Path folder) {
        this(folder, MOST_BYTES);
    }

    Listings(Path folder, long mostBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path file(Digest digest) {
        return folder.resolve(digest.hex());
    }

    /** Sees to it that the tree of this content digest is listed. The tree stays the caller's. */
    public void keep(Digest digest, Ref tree) {
        if (Files.exists(file(digest))) {
            return;
        }
        lock.lock();
        try {
            if (!closed && !making.containsKey(digest)) {
                Ref own = tree.share();
                making.put(
                        digest,
                        Thread.ofVirtual()
                                .name("listing-" + digest.hex().substring(0, 8))
                                .start(() -> list(digest, own)));
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // only closing interrupts, and the thread ends here
    private void list(Digest digest, Ref tree) {
        try (tree) {
            turn.acquire();
            try {
                List<FilePrint> prints = tree.prints();
                ListingFile.write(file(digest), prints);
                makeRoom();
            } finally {
                turn.release();
            }
        } catch (IOException | Fault | InterruptedException unlisted) {
            // an explanation will be less exact
        } finally {
            lock.lock();
            try {
                making.remove(digest);
            } finally {
                lock.unlock();
            }
        }
    }

    private record Kept(Path file, long size, long used) {}

    private void makeRoom() throws IOException {
        List<Kept> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = files.map(Listings::kept)
                    .sorted(Comparator.comparingLong(Kept::used))
                    .toList();
        }
        long sum = all.stream().mapToLong(Kept::size).sum();
        for (Kept oldest : all.subList(0, Math.max(0, all.size() - 1))) {
            if (sum <= mostBytes) {
                return;
            }
            Files.deleteIfExists(oldest.file());
            sum -= oldest.size();
        }
    }

    private static Kept kept(Path file) {
        try {
            return new Kept(
                    file, Files.size(file), Files.getLastModifiedTime(file).toMillis());
        } catch (IOException gone) {
            return new Kept(file, 0, 0);
        }
    }

    /** The listing of the tree with this content digest; waits for one that is being made. */
    Optional<List<FilePrint>> find(Digest digest) throws InterruptedException {
        Thread maker;
        lock.lock();
        try {
            maker = making.get(digest);
        } finally {
            lock.unlock();
        }
        if (maker != null && !maker.join(PATIENCE)) {
            return Optional.empty();
        }
        return ListingFile.read(file(digest));
    }

    /** How a tree differs from what it was, as far as the selection goes; absent when one is not known any more. */
    public Optional<FileChanges> compare(Digest before, Digest after, String selection) throws InterruptedException {
        Optional<List<FilePrint>> old = find(before);
        Optional<List<FilePrint>> now = find(after);
        if (old.isEmpty() || now.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Comparison.compare(old.get(), now.get(), Selection.matcher(selection)));
    }

    @Override
    public void close() {
        List<Thread> makers;
        lock.lock();
        try {
            closed = true;
            makers = List.copyOf(making.values());
        } finally {
            lock.unlock();
        }
        makers.forEach(Thread::interrupt);
        makers.forEach(Uninterrupted::join);
    }
}

package io.buildkit4j.buildd.history;

import io.buildkit4j.buildd.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Lets the oldest builds go when there are too many. It works beside the builds, because removing the files of one takes as
 * long as a build from cache; there are a few builds too many meanwhile.
 */
final class Retention implements AutoCloseable {
    /** Builds of programs for their own purposes are only kept for those who follow them. */
    private static final int INTERNAL_LIMIT = 8;

    private final Path folder;
    private final int limit;
    private final Predicate<String> running;
    private final Log log;

    /** Guards the fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition idle = lock.newCondition();
    private boolean wanted;
    private boolean sweeping;

    /** Of builds that do not run. */
    Retention(Path folder, int limit, Predicate<String> running, Log log) {
        this.folder = folder;
        this.limit = limit;
        this.running = running;
        this.log = log;
    }

    /** There is one build more. */
    void grown() {
        lock.lock();
        try {
            wanted = true;
            if (!sweeping) {
                sweeping = true;
                Thread.ofVirtual().name("history-retention").start(this::sweep);
            }
        } finally {
            lock.unlock();
        }
    }

    private void sweep() {
        while (again()) {
            try {
                removeOldest();
            } catch (IOException | RuntimeException failed) {
                log.error("cannot remove records of old builds", failed);
            }
        }
    }

    private boolean again() {
        lock.lock();
        try {
            sweeping = wanted;
            wanted = false;
            idle.signalAll();
            return sweeping;
        } finally {
            lock.unlock();
        }
    }

    private void removeOldest() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> listed = Files.list(folder)) {
            all = new ArrayList<>(listed.toList());
        }
        if (all.size() <= Math.min(limit, INTERNAL_LIMIT)) {
            return;
        }
        Map<Path, Instant> ages = new HashMap<>();
        for (Path own : all) {
            ages.put(own, age(own));
        }
        all.sort(Comparator.comparing(ages::get));
        all.removeIf(own -> Files.exists(own.resolve(History.PINNED)));
        List<Path> internal = all.stream()
                .filter(own -> RecordFile.read(own.resolve(History.RECORD))
                        .map(BuildRecord::internal)
                        .orElse(false))
                .toList();
        all.removeAll(internal);
        remove(internal, INTERNAL_LIMIT);
        remove(all, limit);
    }

    private void remove(List<Path> sorted, int keep) throws IOException {
        for (Path own : sorted.subList(0, Math.max(0, sorted.size() - keep))) {
            if (!running.test(own.getFileName().toString())) {
                BuildFolder.delete(own);
            }
        }
    }

    /** When its record was last written; a build without a record is the oldest. */
    private static Instant age(Path own) throws IOException {
        try {
            return Files.getLastModifiedTime(own.resolve(History.RECORD)).toInstant();
        } catch (NoSuchFileException damaged) {
            return Instant.EPOCH;
        }
    }

    /** Returns when nothing is being removed any more. */
    @Override
    public void close() {
        lock.lock();
        try {
            while (sweeping) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}

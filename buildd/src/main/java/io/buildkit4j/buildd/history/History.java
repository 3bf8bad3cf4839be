package io.buildkit4j.buildd.history;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.journal.JournalReader;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All builds below one directory. The newest {@code limit} are kept. Safe for any thread. */
public final class History implements AutoCloseable {
    static final String JOURNAL = "journal";
    static final String RECORD = "record.json";

    /** A file of this name keeps a build from making room for newer ones. */
    static final String PINNED = "pinned";

    /** A ref is a directory's name, so it may hold nothing that means something in a path. */
    private static final Pattern REF = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}");

    private final Path folder;
    private final Retention retention;
    private final Clock clock;
    private final Log log;
    /** Guards what runs; held for a few instructions. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Map<String, Running> running = new HashMap<>();
    private final HistoryFeed feed = new HistoryFeed();
    /** How many builds have ended. */
    private long ends;

    /** What is taken under a ref: a build, or nothing yet while its directory is being made. */
    private static final class Running {
        private @Nullable RunningBuild build;
    }

    /** The builds below the directory, which is made when it is not there. */
    public History(Path folder, int limit, Clock clock, Log log) {
        this.folder = folder;
        this.clock = clock;
        this.log = log;
        this.retention = new Retention(folder, limit, this::isRunning, log);
    }

    /**
     * Begins a build. An earlier one of the same ref is forgotten.
     *
     * @throws DaemonFault ALREADY_EXISTS while a build of that ref runs; INVALID_ARGUMENT for a ref that is no plain name
     */
    public RunningBuild begin(BuildRecord record) {
        if (!REF.matcher(record.ref()).matches()) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT,
                    "a build's ref must be 1 to 128 letters, digits and any of _ . : - after the first: "
                            + record.ref());
        }
        Running place = new Running();
        reserve(record.ref(), place);
        RunningBuild build = null;
        try {
            Path own = folder.resolve(record.ref());
            BuildFolder.delete(own);
            Files.createDirectories(own);
            RecordFile.write(own.resolve(RECORD), record);
            build = new RunningBuild(this, own, record);
            tell(HistoryEvent.What.STARTED, record);
            return build;
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot keep a record of the build below " + folder + ": " + failed.getMessage(),
                    failed);
        } finally {
            settle(record.ref(), place, build);
        }
    }

    private void reserve(String ref, Running place) {
        lock.lock();
        try {
            if (running.putIfAbsent(ref, place) != null) {
                throw new DaemonFault(Kind.ALREADY_EXISTS, "a build with this ref is running: " + ref);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Shows the build under its ref, or gives the ref up when there is none. */
    private void settle(String ref, Running place, @Nullable RunningBuild build) {
        lock.lock();
        try {
            place.build = build;
            if (build == null) {
                running.remove(ref);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void release(String ref) {
        lock.lock();
        try {
            running.remove(ref);
            ends++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The events of a build from its beginning, whether it runs or has ended.
     *
     * @param patience how long to wait for a build of that ref to begin
     * @throws DaemonFault NOT_FOUND when none did
     */
    public JournalReader follow(String ref, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            // asked first: a journal that is there now and that nobody is writing belongs to a build that has ended
            long seen = ends();
            boolean kept = isKept(ref);
            RunningBuild build = running(ref, kept, seen, deadline);
            if (build != null) {
                return JournalReader.follow(build.journal());
            }
            if (kept || isKept(ref)) {
                return JournalReader.open(folder.resolve(ref).resolve(JOURNAL));
            }
            if (System.nanoTime() >= deadline) {
                throw new DaemonFault(Kind.NOT_FOUND, "no such build: " + ref);
            }
        }
    }

    private boolean isKept(String ref) {
        return REF.matcher(ref).matches() && Files.exists(folder.resolve(ref).resolve(JOURNAL));
    }

    private long ends() {
        lock.lock();
        try {
            return ends;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The build that runs under a ref, also when its directory is only being made. Nothing when there is none and its
     * journal is kept, when some build has ended since {@code seen} (it may have been that one), or after the deadline.
     */
    private @Nullable RunningBuild running(String ref, boolean kept, long seen, long deadline)
            throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                Running place = running.get(ref);
                if (place != null && place.build != null) {
                    return place.build;
                }
                long left = deadline - System.nanoTime();
                if ((place == null && (kept || ends != seen)) || left <= 0) {
                    return null;
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is remembered of a build. */
    public Optional<BuildRecord> find(String ref) {
        return REF.matcher(ref).matches() ? RecordFile.read(folder.resolve(ref).resolve(RECORD)) : Optional.empty();
    }

    private void tell(HistoryEvent.What what, BuildRecord record) {
        if (!record.internal()) {
            feed.tell(new HistoryEvent(what, record, isPinned(record.ref())));
        }
    }

    /** What happens to records from now on, until closed. */
    public interface Listening extends AutoCloseable {
        /** The next event, if one comes within that time. */
        Optional<HistoryEvent> next(Duration patience) throws InterruptedException;

        @Override
        void close();
    }

    /** Listens from now on. */
    public Listening listen() {
        return feed.listen();
    }

    /** Builds that run now, as events, the oldest first. */
    public List<HistoryEvent> active() {
        List<HistoryEvent> events = new ArrayList<>();
        lock.lock();
        try {
            for (Running place : running.values()) {
                if (place.build != null && !place.build.record().internal()) {
                    events.add(new HistoryEvent(HistoryEvent.What.STARTED, place.build.record(), false));
                }
            }
        } finally {
            lock.unlock();
        }
        events.sort(Comparator.comparing(event -> event.record().created()));
        return events;
    }

    /** Builds that have ended, as events, the oldest first. One whose daemon died has no time of its end. */
    public List<HistoryEvent> ended() {
        List<HistoryEvent> events = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return events;
        }
        try (Stream<Path> listed = Files.list(folder)) {
            for (Path own : listed.toList()) {
                String ref = own.getFileName().toString();
                if (!isRunning(ref)) {
                    RecordFile.read(own.resolve(RECORD))
                            .filter(record -> !record.internal())
                            .map(record -> new HistoryEvent(HistoryEvent.What.COMPLETE, record, isPinned(ref)))
                            .ifPresent(events::add);
                }
            }
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.DATA_LOSS, "cannot read the history in " + folder + ": " + failed.getMessage(), failed);
        }
        events.sort(Comparator.comparing(event -> event.record().created()));
        return events;
    }

    private boolean isPinned(String ref) {
        return Files.exists(folder.resolve(ref).resolve(PINNED));
    }

    /**
     * Keeps a build until it is unpinned, or lets it make room for newer ones again.
     *
     * @throws DaemonFault NOT_FOUND when there is no such build
     */
    public void pin(String ref, boolean pinned) {
        BuildRecord record = find(ref).orElseThrow(() -> new DaemonFault(Kind.NOT_FOUND, "no such build: " + ref));
        Path mark = folder.resolve(ref).resolve(PINNED);
        try {
            if (pinned && !Files.exists(mark)) {
                Files.createFile(mark);
            } else if (!pinned) {
                Files.deleteIfExists(mark);
            }
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot mark " + folder.resolve(ref) + ": " + failed.getMessage(),
                    failed);
        }
        if (!isRunning(ref)) {
            tell(HistoryEvent.What.COMPLETE, record);
        }
    }

    /**
     * Forgets a build that has ended.
     *
     * @throws DaemonFault NOT_FOUND when there is no such build; FAILED_PRECONDITION while it runs
     */
    public void forget(String ref) {
        BuildRecord record = find(ref).orElseThrow(() -> new DaemonFault(Kind.NOT_FOUND, "no such build: " + ref));
        if (isRunning(ref)) {
            throw new DaemonFault(Kind.FAILED_PRECONDITION, "build " + ref + " is running: cancel it first");
        }
        try {
            BuildFolder.delete(folder.resolve(ref));
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION, "cannot remove build " + ref + ": " + failed.getMessage(), failed);
        }
        tell(HistoryEvent.What.DELETED, record);
    }

    Instant now() {
        return clock.instant();
    }

    void ended(RunningBuild build, BuildRecord record) {
        try {
            RecordFile.write(build.folder().resolve(RECORD), record);
        } catch (IOException failed) {
            log.error("cannot complete the record of a build", failed, "ref", record.ref());
        }
        release(record.ref());
        tell(HistoryEvent.What.COMPLETE, record);
        retention.grown();
    }

    /** Returns when no old build is being removed any more. */
    @Override
    public void close() {
        retention.close();
    }

    private boolean isRunning(String ref) {
        lock.lock();
        try {
            return running.containsKey(ref);
        } finally {
            lock.unlock();
        }
    }
}

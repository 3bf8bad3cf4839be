package io.buildkit4j.store.metadata;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.metadata.Table.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records about files that others have written: they become durable some time later, in rounds. Each round synchronises
 * the whole file system once and then writes all records that waited, in one commit. So thousands of snapshots cost a
 * handful of synchronisations, and a durable record always speaks of durable files. What a crash cuts off is forgotten.
 */
public final class DeferredWrites implements AutoCloseable {
    /** Pause before a round, in which others join it. */
    private static final long LINGER_MILLIS = 250;

    private final Database database;
    private final Path directory;
    /** Guards the fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private Map<Name, Supplier<Optional<byte[]>>> waiting = new LinkedHashMap<>();
    private long accepted;
    private long written;
    private boolean hurry;
    private boolean closing;
    private @Nullable Fault failure;
    private final Thread thread;

    /** {@code shown}: readers see the change already. */
    private record Place(Table table, boolean shown) {}

    private record Name(Place place, String key) {}

    /** Writes into the database about files in the file system of the directory. */
    public DeferredWrites(Database database, Path directory) {
        this.database = database;
        this.directory = directory;
        thread = Thread.ofPlatform().name("store-records").daemon().start(this::run);
    }

    /** Writes the value, as it is when its round comes; a later call for the key replaces an earlier one. */
    public void put(String table, String key, Supplier<byte[]> value) {
        put(new Name(new Place(database.tableOf(table), false), key), () -> Optional.of(value.get()));
    }

    /** Removes the record; a value that waits for it is not written. */
    public void remove(String table, String key) {
        put(new Name(new Place(database.tableOf(table), false), key), Optional::empty);
    }

    /** Nothing as the value removes the record. */
    private void put(Name name, Supplier<Optional<byte[]>> value) {
        lock.lock();
        try {
            waiting.put(name, value);
            accepted++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The table of this name, for which writes may be deferred too. */
    public MetadataTable table(String name) {
        return new LazyTable(this, database.tableOf(name));
    }

    private record LazyTable(DeferredWrites writes, Table table) implements MetadataTable {
        @Override
        public Optional<byte[]> get(String key) {
            return table.get(key);
        }

        @Override
        public List<Map.Entry<String, byte[]>> scan(String prefix) {
            return table.scan(prefix);
        }

        @Override
        public void write(Map<String, byte[]> put, List<String> remove) {
            table.write(put, remove);
        }

        @Override
        public void putLater(String key, byte[] value) {
            byte[] kept = value.clone();
            table.load(key, kept);
            writes.put(new Name(new Place(table, true), key), () -> Optional.of(kept));
        }

        @Override
        public void removeLater(String key) {
            table.unload(key);
            writes.put(new Name(new Place(table, true), key), Optional::empty);
        }
    }

    /** Writes everything accepted so far, now, and waits for it. */
    public void flush() {
        lock.lock();
        try {
            long wanted = accepted;
            hurry = true;
            changed.signalAll();
            while (written < wanted && failure == null) {
                changed.awaitUninterruptibly();
            }
            if (failure != null) {
                Fault failed = failure;
                failure = null;
                throw failed;
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            Map<Name, Supplier<Optional<byte[]>>> round;
            long upTo;
            lock.lock();
            try {
                if (!waitForRound()) {
                    return;
                }
                round = waiting;
                waiting = new LinkedHashMap<>();
                upTo = accepted;
                hurry = false;
            } finally {
                lock.unlock();
            }
            Fault failed = null;
            try {
                write(round);
            } catch (Fault fault) {
                failed = fault;
            }
            finish(upTo, failed);
        }
    }

    /** Whether there is something to write. */
    private boolean waitForRound() {
        while (waiting.isEmpty()) {
            if (closing) {
                return false;
            }
            hurry = false;
            changed.awaitUninterruptibly();
        }
        long left = TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS);
        while (left > 0 && !hurry && !closing) {
            left = awaitNanos(left);
        }
        return true;
    }

    @SuppressWarnings({"InterruptedExceptionSwallowed", "WaitNotInLoop"}) // nobody interrupts; the caller loops
    private long awaitNanos(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException ignored) {
            return 0;
        }
    }

    private void write(Map<Name, Supplier<Optional<byte[]>>> round) {
        Map<Place, Change> changes = new LinkedHashMap<>();
        round.forEach((name, value) -> {
            Change change = changes.computeIfAbsent(
                    name.place,
                    place -> new Change(place.table, new LinkedHashMap<>(), new ArrayList<>(), place.shown));
            value.get()
                    .ifPresentOrElse(
                            bytes -> change.put().put(name.key, bytes),
                            () -> change.remove().add(name.key));
        });
        try (OpenFile open = HostFiles.openDirectory(directory.toString())) {
            open.syncFileSystem();
        }
        database.write(List.copyOf(changes.values()));
    }

    private void finish(long upTo, @Nullable Fault failed) {
        lock.lock();
        try {
            written = upTo;
            failure = failed;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what waits. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Uninterrupted.join(thread);
    }
}

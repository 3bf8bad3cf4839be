package io.buildkit4j.store.metadata;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.metadata.Table.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one state directory in one SQLite file. One thread writes; all writes that wait when it comes round share
 * one durable commit. A file that is damaged is moved aside and a new one begun: what it knew is forgotten.
 */
public final class Database implements AutoCloseable {
    private static final int SQLITE_FULL = 13;

    private final Rows rows;
    private final Map<String, Table> tables = new ConcurrentHashMap<>();
    /** Guards queue and closing; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Deque<Batch> queue = new ArrayDeque<>();
    private boolean closing;
    private final Thread writer;

    /** Changes of one caller, all or nothing. Its last two fields are guarded by the database's lock. */
    private static final class Batch {
        private final List<Change> changes;
        private boolean done;
        private @Nullable SQLException failure;

        Batch(List<Change> changes) {
            this.changes = changes;
        }
    }

    private Database(Rows rows) {
        this.rows = rows;
        // SQLite blocks in native code, which would pin a virtual thread's carrier
        writer = Thread.ofPlatform().name("store-metadata").daemon().unstarted(this::writeAll);
    }

    /**
     * Opens the database.
     *
     * @param unpacked directory that SQLite's native library is unpacked to
     */
    public static Database open(Path file, Path unpacked) {
        System.setProperty("org.sqlite.tmpdir", unpacked.toString());
        try {
            return load(file);
        } catch (SQLException damaged) {
            setAside(file);
        }
        try {
            return load(file);
        } catch (SQLException failed) {
            throw new StoreFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot open the database " + file + ": " + failed.getMessage()
                            + "; is the disk full or read-only?",
                    failed);
        }
    }

    private static Database load(Path file) throws SQLException {
        Rows rows = Rows.open(file);
        try {
            Database database = new Database(rows);
            rows.read((table, key, value) -> database.tableOf(table).load(key, value));
            database.writer.start();
            return database;
        } catch (SQLException failed) {
            rows.close();
            throw failed;
        }
    }

    /** Keeps the last damaged one, for whoever wants to know what happened. */
    private static void setAside(Path file) {
        try {
            for (String suffix : List.of("", "-wal", "-shm")) {
                Path from = file.resolveSibling(file.getFileName() + suffix);
                Path to = file.resolveSibling(file.getFileName() + ".damaged" + suffix);
                Files.deleteIfExists(to);
                if (Files.exists(from)) {
                    Files.move(from, to);
                }
            }
        } catch (IOException failed) {
            throw new StoreFault(
                    Kind.UNKNOWN, "cannot move aside the damaged database " + file + ": " + failed, failed);
        }
    }

    /** The table of this name. */
    public MetadataTable table(String name) {
        return tableOf(name);
    }

    Table tableOf(String name) {
        return tables.computeIfAbsent(name, absent -> new Table(this, absent));
    }

    /** Writes all or nothing; durable when it returns. */
    void write(List<Change> changes) {
        Batch batch = new Batch(changes);
        SQLException failure;
        lock.lock();
        try {
            if (closing) {
                throw new StoreFault(Kind.FAILED_PRECONDITION, "the store is closed");
            }
            queue.add(batch);
            changed.signalAll();
            while (!batch.done) {
                changed.awaitUninterruptibly();
            }
            failure = batch.failure;
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            Kind kind = failure.getErrorCode() == SQLITE_FULL ? Kind.RESOURCE_EXHAUSTED : Kind.UNKNOWN;
            throw new StoreFault(kind, "cannot write to the metadata database: " + failure.getMessage(), failure);
        }
    }

    private void writeAll() {
        for (List<Batch> batches = take(); !batches.isEmpty(); batches = take()) {
            List<Change> changes = new ArrayList<>();
            batches.forEach(batch -> changes.addAll(batch.changes));
            SQLException failure = null;
            try {
                rows.write(changes);
                changes.forEach(change -> change.table().apply(change));
            } catch (SQLException failed) {
                failure = failed;
            }
            finish(batches, failure);
        }
    }

    private List<Batch> take() {
        lock.lock();
        try {
            while (queue.isEmpty() && !closing) {
                changed.awaitUninterruptibly();
            }
            List<Batch> batches = new ArrayList<>(queue);
            queue.clear();
            return batches;
        } finally {
            lock.unlock();
        }
    }

    private void finish(List<Batch> batches, @Nullable SQLException failure) {
        lock.lock();
        try {
            batches.forEach(batch -> {
                batch.failure = failure;
                batch.done = true;
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Completes what was begun and writes the log back into the file. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Uninterrupted.join(writer);
        try {
            rows.close();
        } catch (SQLException failed) {
            throw new StoreFault(Kind.UNKNOWN, "cannot close the metadata database: " + failed.getMessage(), failed);
        }
    }
}

package io.buildkit4j.buildd.journal;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.solver.BuildEvent;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes one build's events to its journal. Events are handed over in memory and are in the file a few milliseconds later;
 * when more than {@value #LIMIT} bytes wait for a slow disk, {@link #append} waits too, so memory does not grow with output.
 * Safe for any thread. What was appended before {@link #close} is in the file after it.
 */
public final class JournalWriter implements AutoCloseable {
    /** Bytes that may wait to be written. */
    private static final int LIMIT = 4 << 20;

    /** Events that arrive within this many milliseconds share a write. */
    private static final long GATHER = 10;

    /** Length and checksum before each event. */
    static final int HEADER = 8;

    private final Path file;
    private final FileChannel channel;
    private final Thread thread;
    /** Guards the fields below; held while bytes are copied, never while they are written. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private Pending pending = new Pending();
    private Pending spare = new Pending();
    private long written;
    private boolean closing;
    private boolean complete;
    private @Nullable IOException failure;

    /** Bytes that wait, in a form that can be patched. */
    private static final class Pending extends ByteArrayOutputStream {
        private final DataOutputStream data = new DataOutputStream(this);

        void frame(BuildEvent event) throws IOException {
            int start = count;
            data.writeLong(0);
            EventCodec.write(event, data);
            int length = count - start - HEADER;
            CRC32C checksum = new CRC32C();
            checksum.update(buf, start + HEADER, length);
            ByteBuffer.wrap(buf, start, HEADER).putInt(length).putInt((int) checksum.getValue());
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }

    private JournalWriter(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
        this.thread = Thread.ofVirtual().name("journal-" + file).unstarted(this::drain);
    }

    /** Begins a journal in a new file. */
    public static JournalWriter create(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            JournalWriter writer = new JournalWriter(file, channel);
            writer.thread.start();
            return writer;
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot write the build's journal " + file + ": " + failed.getMessage(),
                    failed);
        }
    }

    /** Hands an event over. After the disk has failed events are dropped, and {@link #failure} says so. */
    public void append(BuildEvent event) {
        lock.lock();
        try {
            while (pending.size() > LIMIT && failure == null && !closing) {
                changed.awaitUninterruptibly();
            }
            if (failure != null || closing) {
                return;
            }
            boolean first = pending.size() == 0;
            pending.frame(event);
            if (first) {
                changed.signalAll();
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("memory cannot fail to be written", impossible);
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        Pending batch = take();
        while (batch != null) {
            IOException failed = null;
            int size = batch.size();
            try {
                ByteBuffer bytes = batch.bytes();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException broken) {
                failed = broken;
            }
            batch.reset();
            done(batch, size, failed);
            batch = take();
        }
    }

    private @Nullable Pending take() {
        lock.lock();
        try {
            while (pending.size() == 0 && !closing && failure == null) {
                changed.awaitUninterruptibly();
            }
            if (failure != null || (pending.size() == 0 && closing)) {
                complete = true;
                changed.signalAll();
                return null;
            }
            gather();
            Pending batch = pending;
            pending = spare;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a few more events arrive; a journal that closes or is already large does not wait. */
    private void gather() {
        long nanos = GATHER * 1_000_000;
        try {
            while (nanos > 0 && !closing && pending.size() < LIMIT / 16) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException("nobody interrupts the journal's own thread", unexpected);
        }
    }

    private void done(Pending batch, int size, @Nullable IOException failed) {
        lock.lock();
        try {
            spare = batch;
            if (failed == null) {
                written += size;
            } else {
                failure = failed;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until more than {@code offset} bytes are in the file, the journal is closed or the time is up.
     *
     * @return whether no more will come after what is in the file
     */
    boolean await(long offset, long milliseconds) throws InterruptedException {
        long nanos = milliseconds * 1_000_000;
        lock.lock();
        try {
            while (written <= offset && !complete && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return complete && written <= offset;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until much more than {@code offset} bytes are in the file, the journal is closed or the time is up. */
    void gather(long offset, long milliseconds) throws InterruptedException {
        long nanos = milliseconds * 1_000_000;
        lock.lock();
        try {
            while (written - offset < LIMIT / 16 && !closing && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What kept events from being written, once something did. */
    public Optional<DaemonFault> failure() {
        lock.lock();
        try {
            return Optional.ofNullable(failure)
                    .map(broken -> new DaemonFault(
                            Kind.RESOURCE_EXHAUSTED,
                            "cannot keep the build's output in " + file + ": " + broken.getMessage(),
                            broken));
        } finally {
            lock.unlock();
        }
    }

    /** The file. */
    Path file() {
        return file;
    }

    /** Writes what waits and lets the followers come to the end. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            while (!complete) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // every byte was handed to the kernel already; there is nothing left to lose
        }
    }
}

package io.buildkit4j.buildd.journal;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.EventJournal;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The solver's memory of what running vertices said, for builds that join them late. Output beyond a few hundred kilobytes a
 * vertex goes to a file that has no name any more, so that memory does not grow with output and a crash leaves nothing.
 */
public final class SpoolingJournal implements EventJournal {
    /** Bytes of output that one vertex may keep in memory. */
    private static final int LIMIT = 256 << 10;

    private final Path folder;

    /** Spools below the directory, which exists. */
    public SpoolingJournal(Path folder) {
        this.folder = folder;
    }

    @Override
    public Track open(Digest vertex) {
        return new SpoolingTrack();
    }

    /** Where an event is: in memory, or at a place of the file. */
    private record Slot(@Nullable BuildEvent event, long offset, int length) {}

    private final class SpoolingTrack implements Track {
        /** Guards the list and the counters; held for a few instructions only. */
        private final ReentrantLock lock = new ReentrantLock();

        private final List<Slot> slots = new ArrayList<>(2);
        private int held;
        private boolean spooling;
        private boolean closed;

        /** Guards the file's position, so it is held while this one file is read or written, and for nothing else. */
        private final ReentrantLock fileLock = new ReentrantLock();

        private @Nullable RandomAccessFile file;

        @Override
        public void append(BuildEvent event) {
            int first = 0;
            List<Slot> batch = List.of();
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                slots.add(new Slot(event, 0, 0));
                held += event instanceof BuildEvent.Logged logged ? logged.bytes().length : 0;
                if (held > LIMIT && !spooling) {
                    spooling = true;
                    held = 0;
                    first = firstInMemory();
                    batch = List.copyOf(slots.subList(first, slots.size()));
                }
            } finally {
                lock.unlock();
            }
            if (!batch.isEmpty()) {
                settle(first, spool(batch));
            }
        }

        private int firstInMemory() {
            int first = slots.size();
            while (first > 0 && slots.get(first - 1).event() != null) {
                first--;
            }
            return first;
        }

        private void settle(int first, List<Slot> written) {
            lock.lock();
            try {
                spooling = false;
                for (int i = 0; i < written.size() && !closed; i++) {
                    slots.set(first + i, written.get(i));
                }
            } finally {
                lock.unlock();
            }
        }

        private List<Slot> spool(List<Slot> batch) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(LIMIT * 2);
            DataOutputStream data = new DataOutputStream(bytes);
            List<Slot> written = new ArrayList<>(batch.size());
            fileLock.lock();
            try {
                RandomAccessFile open = file == null ? create() : file;
                file = open;
                long end = open.length();
                for (Slot slot : batch) {
                    int start = bytes.size();
                    if (slot.event() != null) {
                        EventCodec.write(slot.event(), data);
                    }
                    written.add(new Slot(null, end + start, bytes.size() - start));
                }
                open.seek(end);
                open.write(bytes.toByteArray());
                return written;
            } catch (IOException failed) {
                return batch; // a full disk: it stays in memory, as the lesser evil
            } finally {
                fileLock.unlock();
            }
        }

        private RandomAccessFile create() throws IOException {
            Path name = Files.createTempFile(folder, "spool", "");
            RandomAccessFile open = new RandomAccessFile(name.toFile(), "rw");
            Files.delete(name);
            return open;
        }

        @Override
        public long replay(long from, Consumer<BuildEvent> to) {
            List<Slot> news;
            lock.lock();
            try {
                int start = (int) Math.min(from, slots.size());
                news = List.copyOf(slots.subList(start, slots.size()));
            } finally {
                lock.unlock();
            }
            for (Slot slot : news) {
                to.accept(slot.event() == null ? read(slot) : slot.event());
            }
            return from + news.size();
        }

        private BuildEvent read(Slot slot) {
            byte[] bytes = new byte[slot.length()];
            fileLock.lock();
            try {
                if (file == null) {
                    throw new IOException("the file is closed");
                }
                file.seek(slot.offset());
                file.readFully(bytes);
                return EventCodec.read(bytes, 0, bytes.length);
            } catch (IOException failed) {
                throw new DaemonFault(
                        Kind.DATA_LOSS, "cannot read the output of a step again: " + failed.getMessage(), failed);
            } finally {
                fileLock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                slots.clear();
            } finally {
                lock.unlock();
            }
            fileLock.lock();
            try {
                if (file != null) {
                    file.close();
                }
                file = null;
            } catch (IOException ignored) {
                // it has no name and goes with the process at the latest
            } finally {
                fileLock.unlock();
            }
        }
    }
}

package io.buildkit4j.buildd.journal;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.solver.BuildEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Follows a journal from its beginning to its end, batch by batch, at the reader's own pace. Used by one thread at a time.
 */
public final class JournalReader implements AutoCloseable {
    /** Bytes read at once; a batch has at most the events in them. */
    private static final int CHUNK = 256 << 10;

    /** No event is longer; a longer one is damage. */
    private static final int LONGEST = 64 << 20;

    private final FileChannel channel;
    private final @Nullable JournalWriter writer;
    private ByteBuffer buffer = ByteBuffer.allocate(CHUNK).limit(0);
    private long position;
    private boolean damaged;

    private JournalReader(Path file, @Nullable JournalWriter writer) {
        this.writer = writer;
        try {
            channel = FileChannel.open(file);
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.NOT_FOUND, "cannot read the build's journal " + file + ": " + failed.getMessage(), failed);
        }
    }

    /** Follows a journal that is being written. */
    public static JournalReader follow(JournalWriter writer) {
        return new JournalReader(writer.file(), writer);
    }

    /** Reads a journal of an earlier build. */
    public static JournalReader open(Path file) {
        return new JournalReader(file, null);
    }

    /**
     * The next events, after a wait of up to {@code patience} milliseconds for the first of them. Empty list: none yet.
     * Nothing at all: the end.
     */
    public Optional<List<BuildEvent>> next(long patience) throws InterruptedException {
        List<BuildEvent> events = buffered();
        if (!events.isEmpty()) {
            return Optional.of(events);
        }
        // asked before reading: what was written before the answer is then read
        boolean end = damaged || writer == null || writer.await(position, patience);
        boolean more = !damaged && fill();
        events = buffered();
        return end && !more && events.isEmpty() ? Optional.empty() : Optional.of(events);
    }

    /** Lets events gather for so many milliseconds, less when there are many already or the build ends. */
    public void gather(long milliseconds) throws InterruptedException {
        if (writer != null) {
            writer.gather(position, milliseconds);
        }
    }

    private boolean fill() {
        buffer.compact();
        if (!buffer.hasRemaining()) {
            buffer = ByteBuffer.allocate(buffer.capacity() * 2).put(buffer.flip());
        }
        try {
            int count = channel.read(buffer, position);
            position += Math.max(0, count);
            return count > 0;
        } catch (IOException failed) {
            throw new DaemonFault(Kind.DATA_LOSS, "cannot read the build's journal: " + failed.getMessage(), failed);
        } finally {
            buffer.flip();
        }
    }

    private List<BuildEvent> buffered() {
        List<BuildEvent> events = new ArrayList<>();
        while (buffer.remaining() >= JournalWriter.HEADER && !damaged) {
            int length = buffer.getInt(buffer.position());
            damaged = length <= 0 || length > LONGEST;
            if (damaged || buffer.remaining() < JournalWriter.HEADER + length) {
                break;
            }
            CRC32C checksum = new CRC32C();
            int start = buffer.position() + JournalWriter.HEADER;
            checksum.update(buffer.array(), start, length);
            damaged = (int) checksum.getValue() != buffer.getInt(buffer.position() + 4);
            if (!damaged) {
                events.add(decode(start, length));
                buffer.position(start + length);
            }
        }
        return events;
    }

    private BuildEvent decode(int start, int length) {
        try {
            return EventCodec.read(buffer.array(), start, length);
        } catch (IOException defect) {
            throw new DaemonFault(Kind.DATA_LOSS, "the build's journal holds an event of another version", defect);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // it was only read
        }
    }
}

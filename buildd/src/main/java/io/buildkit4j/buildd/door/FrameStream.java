package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.journal.JournalReader;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.proto.control.StatusResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Everything that a build that has ended said, as bytes: frames of its status, each after its length. */
final class FrameStream extends InputStream {
    private final JournalReader journal;
    private final Deque<StatusResponse> frames = new ArrayDeque<>();
    private ByteBuffer current = ByteBuffer.allocate(0);

    private FrameStream(JournalReader journal) {
        this.journal = journal;
    }

    static InputStream open(History history, String ref) throws InterruptedException {
        return new FrameStream(history.follow(ref, Duration.ZERO));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (!current.hasRemaining()) {
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, current.remaining());
        current.get(bytes, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        while (frames.isEmpty()) {
            Optional<List<BuildEvent>> events = events();
            if (events.isEmpty()) {
                return false;
            }
            frames.addAll(StatusFrames.of(events.get()));
        }
        byte[] message = frames.remove().toByteArray();
        current = ByteBuffer.allocate(Integer.BYTES + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .flip();
        return true;
    }

    private Optional<List<BuildEvent>> events() throws IOException {
        try {
            return journal.next(0);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("the caller went away").initCause(cancelled);
        }
    }

    @Override
    public void close() {
        journal.close();
    }
}

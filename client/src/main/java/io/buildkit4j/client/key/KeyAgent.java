package io.buildkit4j.client.key;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to an ssh agent that is in this process and knows a few keys. It lists them and signs; everything else it
 * declines. One thread may write while another reads; an interrupt closes it, as with other channels.
 */
public final class KeyAgent implements ByteChannel {
    private static final int FAILURE = 5;
    private static final int LIST = 11;
    private static final int LISTED = 12;
    private static final int SIGN = 13;
    private static final int SIGNED = 14;

    /** Requests of agents' clients are small. */
    private static final int LONGEST = 256 << 10;

    private final List<SshKey> keys;
    /** Guards the buffers; held while a request is answered, which is no more than a signature. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private ByteBuffer asked = ByteBuffer.allocate(4096);
    private ByteBuffer answered = ByteBuffer.allocate(0);
    private boolean open = true;

    private KeyAgent(List<SshKey> keys) {
        this.keys = keys;
    }

    /**
     * A connection to an agent with the keys in these files.
     *
     * @throws io.buildkit4j.client.ClientFault INVALID_ARGUMENT naming a file that holds no key that can be used
     */
    public static KeyAgent of(List<Path> files) {
        return new KeyAgent(files.stream().map(KeyFile::read).toList());
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        lock.lock();
        try {
            if (!open) {
                throw new ClosedChannelException();
            }
            int count = source.remaining();
            if (asked.position() + count > LONGEST) {
                throw new IOException("a request to the ssh agent is too long");
            }
            if (asked.remaining() < count) {
                asked = ByteBuffer.allocate(asked.position() + count).put(asked.flip());
            }
            asked.put(source);
            answerAll();
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void answerAll() {
        asked.flip();
        while (asked.remaining() >= Integer.BYTES
                && asked.getInt(asked.position()) >= 0
                && asked.remaining() - Integer.BYTES >= asked.getInt(asked.position())) {
            byte[] answer = new Wire()
                    .string(answer(ByteBuffer.wrap(Wire.string(asked))))
                    .bytes();
            answered = ByteBuffer.allocate(answered.remaining() + answer.length)
                    .put(answered)
                    .put(answer)
                    .flip();
            changed.signalAll();
        }
        asked.compact();
    }

    private byte[] answer(ByteBuffer request) {
        try {
            return switch (request.get()) {
                case LIST -> listed();
                case SIGN -> signed(request);
                default -> new Wire().kind(FAILURE).bytes();
            };
        } catch (BufferUnderflowException | GeneralSecurityException declined) {
            return new Wire().kind(FAILURE).bytes();
        }
    }

    private byte[] listed() {
        Wire answer = new Wire().kind(LISTED).number(keys.size());
        keys.forEach(key -> answer.string(key.publicKey()).string(key.comment()));
        return answer.bytes();
    }

    private byte[] signed(ByteBuffer request) throws GeneralSecurityException {
        byte[] wanted = Wire.string(request);
        byte[] data = Wire.string(request);
        int flags = request.getInt();
        for (SshKey key : keys) {
            if (Arrays.equals(key.publicKey(), wanted)) {
                return new Wire().kind(SIGNED).string(key.sign(data, flags)).bytes();
            }
        }
        return new Wire().kind(FAILURE).bytes();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        lock.lock();
        try {
            while (open && !answered.hasRemaining()) {
                changed.await();
            }
            if (!answered.hasRemaining()) {
                return -1;
            }
            int count = Math.min(target.remaining(), answered.remaining());
            target.put(answered.slice(answered.position(), count));
            answered.position(answered.position() + count);
            return count;
        } catch (InterruptedException cancelled) {
            close();
            Thread.currentThread().interrupt();
            throw (IOException) new ClosedByInterruptException().initCause(cancelled);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            open = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

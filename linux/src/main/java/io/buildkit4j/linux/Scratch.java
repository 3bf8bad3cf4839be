package io.buildkit4j.linux;

import io.buildkit4j.footing.NameBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Native memory for the arguments of one call at a time. Taken from and given back to a few slots, so that calls allocate
 * nothing, whatever number of virtual threads there is. Memory lives as long as this object: it is given back, hence used,
 * after the call. A taker tries all slots before it makes a new one: one that is dropped lies in native memory, where the
 * collector does not see its size, and is zeroed each time.
 */
final class Scratch implements AutoCloseable {
    /** Longest path in bytes with its zero, as the kernel has it. */
    static final int PATH = 4096;

    static final int BUFFER = 128 * 1024;

    private static final int SLOTS = 32;
    private static final AtomicReferenceArray<Scratch> POOL = new AtomicReferenceArray<>(SLOTS);
    private static final long PATH_B = PATH;
    private static final long SMALL = 2 * PATH;
    private static final long BUFFER_AT = SMALL + 512;

    final MemorySegment all = Arena.ofAuto().allocate(BUFFER_AT + BUFFER, 16);
    final MemorySegment state;
    /** 512 bytes for a structure. */
    final MemorySegment small = all.asSlice(SMALL, 256);

    final MemorySegment buffer = all.asSlice(BUFFER_AT, BUFFER);

    private Scratch() {
        state = all.asSlice(SMALL + 256, FileCall.stateSize());
    }

    static Scratch take() {
        int first = first();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            if (POOL.getPlain(slot) != null) {
                Scratch kept = POOL.getAndSet(slot, null);
                if (kept != null) {
                    return kept;
                }
            }
        }
        return new Scratch();
    }

    @Override
    public void close() {
        int first = first();
        for (int i = 0; i < SLOTS; i++) {
            if (POOL.compareAndSet((first + i) & (SLOTS - 1), null, this)) {
                return;
            }
        }
    }

    /** Where this thread looks first, so that those which call at the same time rarely meet. */
    private static int first() {
        return (int) (Thread.currentThread().threadId() & (SLOTS - 1));
    }

    /** Address of the path, written to the first place. */
    long path(String path) {
        return write(path, 0);
    }

    /** Address of a second path. */
    long second(String path) {
        return write(path, PATH_B);
    }

    private long write(String path, long at) {
        int length = path.length();
        if (length >= PATH || path.indexOf('\0') >= 0) {
            throw refused(path);
        }
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            if (c >= 0x80) {
                return writeEncoded(path, at);
            }
            all.set(ValueLayout.JAVA_BYTE, at + i, (byte) c);
        }
        all.set(ValueLayout.JAVA_BYTE, at + length, (byte) 0);
        return all.address() + at;
    }

    private long writeEncoded(String path, long at) {
        byte[] bytes = NameBytes.encode(path);
        if (bytes.length >= PATH) {
            throw refused(path);
        }
        MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, at, bytes.length);
        all.set(ValueLayout.JAVA_BYTE, at + bytes.length, (byte) 0);
        return all.address() + at;
    }

    private static LinuxFault refused(String path) {
        return path.indexOf('\0') >= 0
                ? new LinuxFault(Errno.EINVAL, "path with a zero byte " + path.replace('\0', '?'))
                : new LinuxFault(Errno.ENAMETOOLONG, "path " + path.substring(0, Math.min(path.length(), 64)) + "…");
    }

    /** Bytes of the buffer as a name. */
    String name(long at, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
        return NameBytes.decode(bytes);
    }

    /** Length of the zero-terminated text in the buffer. */
    int lengthAt(long at) {
        int length = 0;
        while (buffer.get(ValueLayout.JAVA_BYTE, at + length) != 0) {
            length++;
        }
        return length;
    }
}

package io.buildkit4j.linux;

import static io.buildkit4j.linux.FileCall.AT_EMPTY_PATH;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file or directory: a descriptor of the kernel, closed by its holder. Used by one thread at a time. Changes go to
 * the open file itself, whatever its name has become.
 */
public final class OpenFile implements AutoCloseable {
    private static final long FICLONE = 0x40049409L;

    /** -1 when closed. */
    private final AtomicInteger descriptor;

    private final String path;

    OpenFile(int descriptor, String path) {
        this.descriptor = new AtomicInteger(descriptor);
        this.path = path;
    }

    /** The number, for calls and for {@code /proc/self/fd}. */
    public int number() {
        int number = descriptor.get();
        if (number < 0) {
            throw new LinuxFault(Errno.EINVAL, path + " is closed");
        }
        return number;
    }

    /** Reads up to that many bytes; -1 at the end. */
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        try (Scratch s = Scratch.take()) {
            long n = FileCall.READ.call(s, number(), s.buffer.address(), Math.min(length, Scratch.BUFFER));
            check(n, "read");
            MemorySegment.copy(s.buffer, ValueLayout.JAVA_BYTE, 0, into, offset, (int) n);
            return n == 0 ? -1 : (int) n;
        }
    }

    /** Writes all of them. */
    public void write(byte[] bytes, int offset, int length) {
        try (Scratch s = Scratch.take()) {
            int done = 0;
            while (done < length) {
                int part = Math.min(length - done, Scratch.BUFFER);
                MemorySegment.copy(bytes, offset + done, s.buffer, ValueLayout.JAVA_BYTE, 0, part);
                done += (int) check(FileCall.WRITE.call(s, number(), s.buffer.address(), part), "write");
            }
        }
    }

    /** What it is now. */
    public FileStatus status() {
        try (Scratch s = Scratch.take()) {
            s.path("");
            check(FileStatuses.statx(s, number(), s.all.address(), AT_EMPTY_PATH), "stat");
            return FileStatuses.read(s);
        }
    }

    /** Owner; clears set-id bits, so before {@link #mode}. */
    public void owner(int uid, int gid) {
        call(FileCall.FCHOWN, uid, gid);
    }

    /** Permission bits. */
    public void mode(int mode) {
        call(FileCall.FCHMOD, mode & 07777, 0);
    }

    /** Time of modification in nanoseconds since 1970; that of access too. */
    public void modified(long nanoseconds) {
        try (Scratch s = Scratch.take()) {
            FileStatuses.times(s, nanoseconds);
            check(FileCall.UTIMENSAT.call(s, number(), 0, s.small.address(), 0), "set times of");
        }
    }

    /** Sets extended attributes. */
    public void attributes(Map<String, byte[]> attributes) {
        for (var attribute : attributes.entrySet()) {
            try (Scratch s = Scratch.take()) {
                byte[] value = attribute.getValue();
                MemorySegment.copy(value, 0, s.buffer, ValueLayout.JAVA_BYTE, 0, value.length);
                long name = s.path(attribute.getKey());
                var words = new FileCall.Words(number(), name, s.buffer.address(), value.length, 0, 0);
                check(FileCall.FSETXATTR.call(s, words), "set attribute " + attribute.getKey() + " of");
            }
        }
    }

    /** Goes on that many bytes further, leaving a hole where nothing was written; one at the end needs {@link #truncate}. */
    public void skip(long bytes) {
        call(FileCall.LSEEK, bytes, 1);
    }

    /** Cuts or extends it. */
    public void truncate(long size) {
        call(FileCall.FTRUNCATE, size, 0);
    }

    /** Waits until it is on disk. */
    public void sync() {
        call(FileCall.FSYNC, 0, 0);
    }

    /** Waits until everything of its file system is on disk. */
    public void syncFileSystem() {
        call(FileCall.SYNCFS, 0, 0);
    }

    /**
     * Makes this empty file the copy of another, sharing its blocks where the file system can, else copying inside the
     * kernel, else through memory.
     *
     * @return bytes copied or shared
     */
    public long copyFrom(OpenFile source, long size) {
        try (Scratch s = Scratch.take()) {
            if (size >= 16 * 1024 && FileCall.IOCTL.call(s, number(), FICLONE, source.number()) == 0) {
                return size;
            }
            long done = 0;
            while (true) {
                var words = new FileCall.Words(source.number(), 0, number(), 0, Math.max(size - done, 1L << 20), 0);
                long n = FileCall.COPY_FILE_RANGE.call(s, words);
                if (n <= 0) {
                    boolean kernelCannot = n == -Errno.EXDEV || n == -Errno.EINVAL || n == -Errno.EOPNOTSUPP;
                    check(kernelCannot ? 0 : n, "copy into");
                    break;
                }
                done += n;
            }
            // also where the kernel says 0 for files that it makes up as they are read
            return done >= size && size > 0 ? done : done + copyThroughMemory(source, s);
        }
    }

    private long copyThroughMemory(OpenFile source, Scratch s) {
        long done = 0;
        while (true) {
            long n = FileCall.READ.call(s, source.number(), s.buffer.address(), Scratch.BUFFER);
            check(n, "copy into");
            if (n == 0) {
                return done;
            }
            for (long written = 0; written < n; ) {
                long address = s.buffer.address() + written;
                written += check(FileCall.WRITE.call(s, number(), address, n - written), "write");
            }
            done += n;
        }
    }

    /** Its bytes from here on; closing the stream closes the file. */
    public InputStream input() {
        return new FileStreams.Input(this);
    }

    /** Takes bytes from here on, without a buffer of its own; closing the stream closes the file. */
    public OutputStream output() {
        return new FileStreams.Output(this);
    }

    @Override
    public void close() {
        int number = descriptor.getAndSet(-1);
        if (number >= 0) {
            try (Scratch s = Scratch.take()) {
                FileCall.CLOSE.call(s, number, 0, 0);
            }
        }
    }

    private void call(FileCall call, long a, long b) {
        try (Scratch s = Scratch.take()) {
            check(call.call(s, number(), a, b), call.word());
        }
    }

    private long check(long result, String what) {
        if (result < 0) {
            throw new LinuxFault((int) -result, what + " " + path);
        }
        return result;
    }
}

package io.buildkit4j.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * System calls on files, mounts and processes, by number through {@code syscall(2)}: one native handle for all of them, because each handle costs
 * ten milliseconds when it is made. Numbers of x86-64 and aarch64.
 */
enum FileCall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    IOCTL(16, 29),
    KILL(62, 129),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    FCHMOD(91, 52),
    FCHOWN(93, 55),
    LSETXATTR(189, 6),
    FSETXATTR(190, 7),
    LGETXATTR(192, 9),
    LLISTXATTR(195, 12),
    LREMOVEXATTR(198, 15),
    GETDENTS64(217, 61),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    UTIMENSAT(280, 88),
    SYNCFS(306, 267),
    RENAMEAT2(316, 276),
    COPY_FILE_RANGE(326, 285),
    STATX(332, 291),
    STATFS(137, 43),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    OPENAT2(437, 437),
    MOUNT_SETATTR(442, 442);

    static final long AT_FDCWD = -100;
    static final long AT_SYMLINK_NOFOLLOW = 0x100;
    static final long AT_REMOVEDIR = 0x200;
    static final long AT_EMPTY_PATH = 0x1000;

    static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_TRUNC = 01000;
    static final int O_NONBLOCK = 04000;
    static final int O_CLOEXEC = 02000000;
    static final int O_DIRECTORY = ARM ? 040000 : 0200000;
    static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;

    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private final long number;

    FileCall(int x86, int arm) {
        number = System.getProperty("os.arch", "").equals("aarch64") ? arm : x86;
    }

    /** Made when first used. */
    private static final class Handle {
        static final MethodHandle SYSCALL = make();

        private static MethodHandle make() {
            Linker linker = Linker.nativeLinker();
            ValueLayout word = ValueLayout.JAVA_LONG;
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
        }
    }

    /** Bytes that the error of a call is written to. */
    static long stateSize() {
        return STATE.byteSize();
    }

    long call(Scratch s, long a, long b, long c) {
        return call(s, new Words(a, b, c, 0, 0, 0));
    }

    long call(Scratch s, long a, long b, long c, long d) {
        return call(s, new Words(a, b, c, d, 0, 0));
    }

    /** The arguments of a call. */
    record Words(long a, long b, long c, long d, long e, long f) {}

    /** The result, or minus the error number. */
    long call(Scratch s, Words w) {
        try {
            long result;
            do {
                result = (long) Handle.SYSCALL.invokeExact(s.state, number, w.a, w.b, w.c, w.d, w.e, w.f);
            } while (result < 0 && errno(s) == Errno.EINTR);
            return result < 0 ? -errno(s) : result;
        } catch (Throwable unexpected) {
            throw new LinkageError("the kernel cannot be called: " + unexpected, unexpected);
        }
    }

    private static int errno(Scratch s) {
        MemorySegment state = s.state;
        return state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    }

    /** As a word in messages. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.buildkit4j.linux;

import static io.buildkit4j.linux.FileCall.AT_FDCWD;
import static io.buildkit4j.linux.FileCall.AT_REMOVEDIR;
import static io.buildkit4j.linux.FileCall.AT_SYMLINK_NOFOLLOW;

import io.buildkit4j.footing.NameBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calls on files of the host by path. A symbolic link as the last part is never followed; links in the directories before
 * it are, so the caller vouches for those or uses {@link #openInside}. Names as in {@link NameBytes}; every failure is a
 * {@link LinuxFault} that names call and path. One system call each, unless said otherwise; safe for any thread.
 */
public final class HostFiles {
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;

    private HostFiles() {}

    /** How {@link #openInside} treats symbolic links. */
    public enum Links {
        /** Resolved as if the directory were the root of everything: RESOLVE_IN_ROOT. */
        IN_ROOT(0x10),
        /** Resolved, but one that leads out is refused: RESOLVE_BENEATH. */
        BENEATH(0x08),
        /** All refused: RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS. */
        REFUSED(0x08 | 0x04);

        private final long resolve;

        Links(long resolve) {
            this.resolve = resolve | 0x02; // RESOLVE_NO_MAGICLINKS
        }
    }

    /** Status of the entry, or nothing when there is none. */
    public static Optional<FileStatus> find(String path) {
        try (Scratch s = Scratch.take()) {
            long result = FileStatuses.statx(s, AT_FDCWD, s.path(path), AT_SYMLINK_NOFOLLOW);
            if (result == -Errno.ENOENT || result == -Errno.ENOTDIR) {
                return Optional.empty();
            }
            check(result, FileCall.STATX, path);
            return Optional.of(FileStatuses.read(s));
        }
    }

    /** Status of the entry, which exists. */
    public static FileStatus status(String path) {
        return find(path).orElseThrow(() -> new LinuxFault(Errno.ENOENT, "stat " + path));
    }

    /** Names in the directory in no order, without {@code .} and {@code ..}. */
    public static List<ListedFile> list(String directory) {
        try (OpenFile open = openDirectory(directory)) {
            return list(open, directory);
        }
    }

    static List<ListedFile> list(OpenFile directory, String path) {
        List<ListedFile> found = new ArrayList<>();
        try (Scratch s = Scratch.take()) {
            while (true) {
                long end = FileCall.GETDENTS64.call(s, directory.number(), s.buffer.address(), Scratch.BUFFER);
                if (check(end, FileCall.GETDENTS64, path) == 0) {
                    return found;
                }
                for (long at = 0; at < end; ) {
                    int size = s.buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
                    String name = s.name(at + 19, s.lengthAt(at + 19));
                    if (!name.equals(".") && !name.equals("..")) {
                        found.add(new ListedFile(name, (s.buffer.get(ValueLayout.JAVA_BYTE, at + 18) & 0xff) << 12));
                    }
                    at += size;
                }
            }
        }
    }

    /** Target of the symbolic link. */
    public static String readLink(String path) {
        try (Scratch s = Scratch.take()) {
            long n = FileCall.READLINKAT.call(s, AT_FDCWD, s.path(path), s.buffer.address(), Scratch.BUFFER);
            return s.name(0, (int) check(n, FileCall.READLINKAT, path));
        }
    }

    /** Opens for reading. A device or fifo is opened without waiting; check the status where that matters. */
    public static OpenFile open(String path) {
        return openWith(path, READ_ONLY | FileCall.O_NONBLOCK, 0);
    }

    /** Opens an existing file for writing from its start, its content dropped. */
    public static OpenFile overwrite(String path) {
        return openWith(path, WRITE_ONLY | FileCall.O_TRUNC, 0);
    }

    /** Makes a new file and opens it for writing; the process's umask is taken off the mode. */
    public static OpenFile create(String path, int mode) {
        return openWith(path, WRITE_ONLY | FileCall.O_CREAT | FileCall.O_EXCL, mode & 07777);
    }

    /** Opens a directory. */
    public static OpenFile openDirectory(String path) {
        return openWith(path, FileCall.O_DIRECTORY, 0);
    }

    private static OpenFile openWith(String path, int flags, int mode) {
        try (Scratch s = Scratch.take()) {
            long all = flags | FileCall.O_CLOEXEC | FileCall.O_NOFOLLOW;
            return new OpenFile(
                    (int) check(FileCall.OPENAT.call(s, AT_FDCWD, s.path(path), all, mode), "open", path), path);
        }
    }

    /**
     * Opens a file or directory for reading inside a root that others may be changing, with no way out of it. Nothing when
     * it is not there.
     *
     * @param path from that root
     */
    public static Optional<OpenFile> openInside(OpenFile root, String path, Links links) {
        try (Scratch s = Scratch.take()) {
            // struct open_how: flags, mode, resolve
            s.small.set(ValueLayout.JAVA_LONG, 0, READ_ONLY | FileCall.O_CLOEXEC | FileCall.O_NONBLOCK);
            s.small.set(ValueLayout.JAVA_LONG, 8, 0);
            s.small.set(ValueLayout.JAVA_LONG, 16, links.resolve);
            String relative = links == Links.IN_ROOT ? path : relative(path);
            long result = FileCall.OPENAT2.call(s, root.number(), s.path(relative), s.small.address(), 24);
            if (result == -Errno.ENOENT || result == -Errno.ENOTDIR) {
                return Optional.empty();
            }
            return Optional.of(new OpenFile((int) check(result, "open", path), path));
        }
    }

    private static String relative(String path) {
        int from = 0;
        while (from < path.length() && path.charAt(from) == '/') {
            from++;
        }
        return from == path.length() ? "." : path.substring(from);
    }

    /** Makes a directory; the process's umask is taken off the mode. */
    public static void makeDirectory(String path, int mode) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.MKDIRAT.call(s, AT_FDCWD, s.path(path), mode & 07777), FileCall.MKDIRAT, path);
        }
    }

    /** Makes a device, fifo, socket or empty file; {@code mode} holds its type. */
    public static void makeNode(String path, int mode, long device) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.MKNODAT.call(s, AT_FDCWD, s.path(path), mode, device), FileCall.MKNODAT, path);
        }
    }

    /** Makes the mark of a removed name; see {@link FileStatus#isWhiteout}. */
    public static void makeWhiteout(String path) {
        try (Scratch s = Scratch.take()) {
            long made = FileCall.MKNODAT.call(s, AT_FDCWD, s.path(path), FileStatus.CHARACTER_DEVICE, 0);
            if (made == -Errno.EPERM) {
                made = FileCall.MKNODAT.call(
                        s, AT_FDCWD, s.path(path), FileStatus.CHARACTER_DEVICE, FileStatus.SPARE_MARK);
            }
            check(made, FileCall.MKNODAT, path);
        }
    }

    /** Makes a symbolic link. */
    public static void makeLink(String path, String target) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.SYMLINKAT.call(s, s.second(target), AT_FDCWD, s.path(path)), FileCall.SYMLINKAT, path);
        }
    }

    /** Gives what exists a second name, a symbolic link itself too. */
    public static void makeHardLink(String path, String existing) {
        try (Scratch s = Scratch.take()) {
            var words = new FileCall.Words(AT_FDCWD, s.second(existing), AT_FDCWD, s.path(path), 0, 0);
            check(FileCall.LINKAT.call(s, words), FileCall.LINKAT, path);
        }
    }

    /** Removes a name that is not a directory's. */
    public static void remove(String path) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.UNLINKAT.call(s, AT_FDCWD, s.path(path), 0), FileCall.UNLINKAT, path);
        }
    }

    /** Removes an empty directory. */
    public static void removeDirectory(String path) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.UNLINKAT.call(s, AT_FDCWD, s.path(path), AT_REMOVEDIR), FileCall.UNLINKAT, path);
        }
    }

    /** Renames, replacing what is there. */
    public static void rename(String from, String to) {
        try (Scratch s = Scratch.take()) {
            var words = new FileCall.Words(AT_FDCWD, s.second(from), AT_FDCWD, s.path(to), 0, 0);
            check(FileCall.RENAMEAT2.call(s, words), FileCall.RENAMEAT2, from);
        }
    }

    /** Owner, of the link itself; clears set-id bits, so before {@link #setMode}. */
    public static void setOwner(String path, int uid, int gid) {
        try (Scratch s = Scratch.take()) {
            var words = new FileCall.Words(AT_FDCWD, s.path(path), uid, gid, AT_SYMLINK_NOFOLLOW, 0);
            check(FileCall.FCHOWNAT.call(s, words), FileCall.FCHOWNAT, path);
        }
    }

    /** Permission bits of something that is not a symbolic link (it would be followed). */
    public static void setMode(String path, int mode) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.FCHMODAT.call(s, AT_FDCWD, s.path(path), mode & 07777), FileCall.FCHMODAT, path);
        }
    }

    /** Time of modification, and of access, in nanoseconds since 1970. */
    public static void setModified(String path, long nanoseconds) {
        try (Scratch s = Scratch.take()) {
            FileStatuses.times(s, nanoseconds);
            long result = FileCall.UTIMENSAT.call(s, AT_FDCWD, s.path(path), s.small.address(), AT_SYMLINK_NOFOLLOW);
            check(result, FileCall.UTIMENSAT, path);
        }
    }

    /** All extended attributes; none where the file system has none. One call when there are none, else one more for each. */
    public static Map<String, byte[]> attributes(String path) {
        List<String> names = new ArrayList<>(0);
        try (Scratch s = Scratch.take()) {
            long end = FileCall.LLISTXATTR.call(s, s.path(path), s.buffer.address(), Scratch.BUFFER);
            if (end == 0 || end == -Errno.EOPNOTSUPP) {
                return Map.of();
            }
            check(end, FileCall.LLISTXATTR, path);
            for (long at = 0; at < end; ) {
                int length = s.lengthAt(at);
                names.add(s.name(at, length));
                at += length + 1;
            }
        }
        Map<String, byte[]> found = new HashMap<>();
        for (String name : names) {
            attribute(path, name).ifPresent(value -> found.put(name, value));
        }
        return found;
    }

    /** One extended attribute, or nothing. */
    public static Optional<byte[]> attribute(String path, String name) {
        try (Scratch s = Scratch.take()) {
            long n = FileCall.LGETXATTR.call(s, s.path(path), s.second(name), s.buffer.address(), Scratch.BUFFER);
            if (n == -Errno.ENODATA || n == -Errno.EOPNOTSUPP || n == -Errno.EPERM) {
                return Optional.empty();
            }
            byte[] value = new byte[(int) check(n, FileCall.LGETXATTR, path)];
            MemorySegment.copy(s.buffer, ValueLayout.JAVA_BYTE, 0, value, 0, value.length);
            return Optional.of(value);
        }
    }

    /** Sets one extended attribute. */
    public static void setAttribute(String path, String name, byte[] value) {
        try (Scratch s = Scratch.take()) {
            if (value.length > Scratch.BUFFER) {
                throw new LinuxFault(Errno.ERANGE, "set attribute " + name + " of " + path);
            }
            MemorySegment.copy(value, 0, s.buffer, ValueLayout.JAVA_BYTE, 0, value.length);
            var words = new FileCall.Words(s.path(path), s.second(name), s.buffer.address(), value.length, 0, 0);
            check(FileCall.LSETXATTR.call(s, words), "set attribute " + name + " of", path);
        }
    }

    /** Removes one extended attribute; nothing happens when it is not there. */
    public static void removeAttribute(String path, String name) {
        try (Scratch s = Scratch.take()) {
            long result = FileCall.LREMOVEXATTR.call(s, s.path(path), s.second(name), 0);
            check(result == -Errno.ENODATA ? 0 : result, "remove attribute " + name + " of", path);
        }
    }

    static long check(long result, FileCall call, String path) {
        return check(result, call.word(), path);
    }

    static long check(long result, String what, String path) {
        if (result < 0) {
            throw new LinuxFault((int) -result, what + " " + path);
        }
        return result;
    }
}

package io.buildkit4j.linux;

import static io.buildkit4j.linux.FileCall.AT_REMOVEDIR;
import static io.buildkit4j.linux.FileCall.AT_SYMLINK_NOFOLLOW;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NameBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the host with everything below it, however deep. Descends through open directories, so links on the way
 * are never followed and no path grows too long; never enters another mount.
 */
public final class FileTree {
    private final String root;
    private final Deque<Level> above = new ArrayDeque<>();

    /** A directory on the way up. */
    private record Level(String name, List<ListedFile> left, FileStatus status) {}

    private FileTree(String root) {
        this.root = root;
    }

    /** Takes the entries of a walk. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One entry, its directory before it.
         *
         * @param path from the walk's root, without a leading slash
         * @return whether to go on below it; only asked of directories
         */
        boolean visit(String path, FileStatus status) throws InterruptedException;
    }

    /**
     * Visits everything below the directory, not itself; siblings by their names' bytes. What vanishes meanwhile is left
     * out. Directories of other mounts are visited but not entered.
     */
    public static void walk(String directory, Visitor visitor) throws InterruptedException {
        new FileTree(directory).walk(visitor);
    }

    /**
     * Removes the path with everything below it; nothing happens when it is not there. A mount below it is not touched and
     * is a fault, after everything else is gone.
     */
    public static void remove(String path) {
        FileStatus status = HostFiles.find(path).orElse(null);
        if (status == null) {
            return;
        }
        if (!status.isDirectory()) {
            HostFiles.remove(path);
            return;
        }
        List<String> mounts = new FileTree(path).removeBelow();
        if (!mounts.isEmpty()) {
            throw new LinuxFault(
                    Kind.FAILED_PRECONDITION, "cannot remove " + path + ": mounted below it: " + mounts, null);
        }
        HostFiles.removeDirectory(path);
    }

    private void walk(Visitor visitor) throws InterruptedException {
        OpenFile open = HostFiles.openDirectory(root);
        try {
            Level level = level("", open);
            while (true) {
                if (level.left.isEmpty()) {
                    if (above.isEmpty()) {
                        return;
                    }
                    level = above.pop();
                    open = up(open, level);
                    continue;
                }
                ListedFile file = level.left.removeLast();
                FileStatus status = find(open, file.name());
                if (status == null) {
                    continue;
                }
                String path = level.name.isEmpty() ? file.name() : level.name + "/" + file.name();
                boolean enter = visitor.visit(path, status) && status.isDirectory();
                if (enter && status.mount() == level.status.mount()) {
                    above.push(level);
                    open = down(open, file.name());
                    level = level(path, open);
                }
            }
        } finally {
            open.close();
        }
    }

    private Level level(String path, OpenFile open) {
        List<ListedFile> files = new ArrayList<>(HostFiles.list(open, path));
        files.sort(Comparator.comparing(ListedFile::name, NameBytes::compare).reversed());
        return new Level(path, files, open.status());
    }

    private List<String> removeBelow() {
        List<String> mounts = new ArrayList<>();
        OpenFile open = HostFiles.openDirectory(root);
        try {
            Level level = new Level("", HostFiles.list(open, root), open.status());
            while (true) {
                ListedFile file;
                if (level.left.isEmpty()) {
                    if (above.isEmpty()) {
                        return mounts;
                    }
                    String done = level.name;
                    level = above.pop();
                    open = up(open, level);
                    unlink(open, done, AT_REMOVEDIR, mounts);
                    continue;
                }
                file = level.left.removeLast();
                FileStatus status =
                        file.type() != 0 && file.type() != FileStatus.DIRECTORY ? null : find(open, file.name());
                if (status == null || !status.isDirectory()) {
                    unlink(open, file.name(), 0, mounts);
                } else if (status.mount() != level.status.mount()) {
                    mounts.add(file.name());
                } else {
                    above.push(level);
                    open = down(open, file.name());
                    level = new Level(file.name(), HostFiles.list(open, file.name()), open.status());
                }
            }
        } finally {
            open.close();
        }
    }

    private void unlink(OpenFile directory, String name, long flags, List<String> mounts) {
        try (Scratch s = Scratch.take()) {
            long result = FileCall.UNLINKAT.call(s, directory.number(), s.path(name), flags);
            boolean overMount = result == -Errno.EBUSY || (result == -Errno.ENOTEMPTY && !mounts.isEmpty());
            if (overMount) {
                mounts.add(name);
            } else if (result != -Errno.ENOENT) {
                HostFiles.check(result, FileCall.UNLINKAT, name + " below " + root);
            }
        }
    }

    private static @Nullable FileStatus find(OpenFile directory, String name) {
        try (Scratch s = Scratch.take()) {
            long result = FileStatuses.statx(s, directory.number(), s.path(name), AT_SYMLINK_NOFOLLOW);
            if (result == -Errno.ENOENT) {
                return null;
            }
            HostFiles.check(result, FileCall.STATX, name);
            return FileStatuses.read(s);
        }
    }

    private OpenFile down(OpenFile from, String name) {
        OpenFile open;
        try (Scratch s = Scratch.take()) {
            long flags = FileCall.O_DIRECTORY | FileCall.O_NOFOLLOW | FileCall.O_CLOEXEC;
            long result = FileCall.OPENAT.call(s, from.number(), s.path(name), flags, 0);
            open = new OpenFile((int) HostFiles.check(result, "open", name + " below " + root), name);
        }
        // not before the memory is given back, or closing would have to make its own
        from.close();
        return open;
    }

    /** Back to the directory above, which must still be the one that it was. */
    private OpenFile up(OpenFile from, Level level) {
        OpenFile open = down(from, "..");
        FileStatus now = open.status();
        if (now.inode() != level.status.inode() || now.fileSystem() != level.status.fileSystem()) {
            open.close();
            throw new LinuxFault(Kind.ABORTED, level.name + " below " + root + " was moved meanwhile", null);
        }
        return open;
    }
}

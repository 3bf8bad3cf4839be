package io.buildkit4j.client.files;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.wire.FileReceiver;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.WireFault;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A directory that a result is merged into: what is there and not in the result stays. All of it belongs to the calling
 * user, whoever owns it in the build. Nothing is written through a link.
 */
public final class DirectoryTarget implements FileReceiver {
    private final Path root;
    private final boolean posix;
    private final List<FileStat> directories = new ArrayList<>();
    private int parts;

    private DirectoryTarget(Path root) {
        this.root = root;
        posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** What could be known before the build to go wrong after it. */
    public static void check(Path directory) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new ClientFault(Kind.INVALID_ARGUMENT, "cannot write into " + directory + ": it is not a directory");
        }
        Path existing = directory.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isWritable(existing)) {
            throw new ClientFault(
                    Kind.PERMISSION_DENIED, "cannot write into " + directory + ": permission denied at " + existing);
        }
    }

    /** Makes the directory, for its owner alone, unless it is there. */
    public static DirectoryTarget open(Path directory) {
        try {
            boolean made = !Files.isDirectory(directory);
            if (made) {
                Files.createDirectories(directory);
            }
            DirectoryTarget target = new DirectoryTarget(directory.toRealPath());
            if (made && target.posix) {
                Files.setPosixFilePermissions(target.root, Permissions.of(0700));
            }
            return target;
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot make " + directory + ": " + failed.getMessage(), failed);
        }
    }

    private Path place(String path) {
        return root.resolve(path);
    }

    @Override
    public boolean entry(FileStat stat) {
        Path place = place(stat.path());
        try {
            if (stat.isFile() && stat.link().isEmpty()) {
                clear(place, Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS));
                return true;
            }
            make(stat, place);
            return false;
        } catch (IOException failed) {
            throw cannot(place, failed);
        }
    }

    private void make(FileStat stat, Path place) throws IOException {
        if (stat.isDirectory()) {
            boolean there = Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS);
            clear(place, !there);
            if (!there) {
                Files.createDirectory(place);
            } else if (posix) {
                Files.setPosixFilePermissions(place, Permissions.of(stat.mode() | 0700));
            }
            directories.add(stat);
            return;
        }
        clear(place, true);
        if (stat.isLink()) {
            Files.createSymbolicLink(place, Path.of(stat.link()));
        } else if (stat.isFile()) {
            Files.createLink(place, place(stat.link()));
        } else if (TreeWalk.onLinux()) {
            HostFiles.makeNode(place.toString(), stat.mode(), stat.device());
        } else {
            throw new WireFault(Kind.UNIMPLEMENTED, "this system cannot hold the special file " + stat.path());
        }
    }

    private static void clear(Path place, boolean wanted) throws IOException {
        if (!wanted) {
            return;
        }
        try {
            Files.deleteIfExists(place);
        } catch (DirectoryNotEmptyException full) {
            Files.walkFileTree(place, new Removal());
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @org.jspecify.annotations.Nullable IOException failed)
                throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public OutputStream content(FileStat stat) {
        Path place = place(stat.path());
        Path part = place.resolveSibling(".part-" + ProcessHandle.current().pid() + "-" + parts++);
        try {
            return new Part(Files.newOutputStream(part), part, place, stat);
        } catch (IOException failed) {
            throw cannot(place, failed);
        }
    }

    /** A file on its way: takes its name when it is complete. */
    private final class Part extends FilterOutputStream {
        private final Path part;
        private final Path whole;
        private final FileStat stat;
        private boolean failed;

        Part(OutputStream out, Path part, Path whole, FileStat stat) {
            super(out);
            this.part = part;
            this.whole = whole;
            this.stat = stat;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException full) {
                failed = true;
                throw full;
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
            if (failed) {
                Files.deleteIfExists(part);
                return;
            }
            finish(part, stat);
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void finish(Path place, FileStat stat) throws IOException {
        if (posix) {
            Files.setPosixFilePermissions(place, Permissions.of(stat.mode()));
        }
        if (TreeWalk.onLinux() && (stat.mode() & 07000) != 0) {
            HostFiles.setMode(place.toString(), stat.mode());
        }
        if (TreeWalk.onLinux() && !stat.xattrs().isEmpty()) {
            stat.xattrs().forEach((name, value) -> HostFiles.setAttribute(place.toString(), name, value));
        }
        Files.setLastModifiedTime(place, FileTime.from(stat.modified(), TimeUnit.NANOSECONDS));
    }

    /** Directories get their modes and times last: what is put into them would change the one and may need the other. */
    @Override
    public void finish() {
        for (FileStat directory : directories.reversed()) {
            try {
                finish(place(directory.path()), directory);
            } catch (IOException failed) {
                throw cannot(place(directory.path()), failed);
            }
        }
    }

    private static WireFault cannot(Path place, IOException failed) {
        return new WireFault(Kind.UNKNOWN, "cannot write " + place + ": " + failed.getMessage(), failed);
    }
}

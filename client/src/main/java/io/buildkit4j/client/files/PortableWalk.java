package io.buildkit4j.client.files;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A walk with the metadata that Java knows everywhere: no attributes, no devices. */
final class PortableWalk implements TreeWalk {
    private final Path root;
    private final boolean posix;
    private final Map<Object, String> seen = new HashMap<>();

    PortableWalk(Path root) {
        this.root = root;
        posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public void walk(Visitor visitor) throws InterruptedException {
        below(root, "", visitor);
    }

    private void below(Path directory, String path, Visitor visitor) throws InterruptedException {
        for (Path child : children(directory)) {
            String name = path + child.getFileName();
            FileStat stat = stat(child, name);
            if (stat != null && visitor.visit(stat) && stat.isDirectory()) {
                below(child, name + "/", visitor);
            }
        }
    }

    private static List<Path> children(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        } catch (IOException failed) {
            throw new WireFault(
                    Kind.UNKNOWN, "cannot list " + directory + ": " + LocalDirectory.reason(failed), failed);
        }
        children.sort(Comparator.comparing(child -> child.getFileName().toString(), PortableWalk::byBytes));
        return children;
    }

    private static int byBytes(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                // halves of what is beyond 16 bits come after all else, as in UTF-8
                int rank = Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
                return rank != 0 ? rank : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private @org.jspecify.annotations.Nullable FileStat stat(Path file, String path) {
        try {
            Class<? extends BasicFileAttributes> kind = posix ? PosixFileAttributes.class : BasicFileAttributes.class;
            BasicFileAttributes attributes = Files.readAttributes(file, kind, LinkOption.NOFOLLOW_LINKS);
            String link = "";
            if (attributes.isSymbolicLink()) {
                link = Files.readSymbolicLink(file).toString().replace('\\', posix ? '\\' : '/');
            } else if (attributes.isRegularFile() && attributes.fileKey() != null) {
                String first = seen.putIfAbsent(attributes.fileKey(), path);
                link = first == null ? "" : first;
            }
            long size = attributes.isRegularFile() && link.isEmpty() ? attributes.size() : 0;
            long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
            return new FileStat(path, mode(attributes), 0, 0, size, modified, link, 0, Map.of());
        } catch (NoSuchFileException vanished) {
            return null;
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot read " + file + ": " + LocalDirectory.reason(failed), failed);
        }
    }

    private static int mode(BasicFileAttributes attributes) {
        int permissions = attributes.isDirectory() || attributes.isSymbolicLink() ? 0755 : 0644;
        if (attributes instanceof PosixFileAttributes known) {
            permissions = Permissions.bits(known.permissions());
        }
        if (attributes.isDirectory()) {
            return 0040000 | permissions;
        }
        if (attributes.isSymbolicLink()) {
            return 0120000 | 0777;
        }
        return (attributes.isRegularFile() ? 0100000 : 0010000) | permissions;
    }
}

package io.buildkit4j.client.files;

import io.buildkit4j.wire.PathPatterns;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Paths whose links are followed: each becomes the links on its way and what they lead to in the end, as if the directory
 * were the root of everything. Wildcards stand for what is there.
 */
final class FollowedPaths {
    /** More than any honest chain of links. */
    private static final int LIMIT = 255;

    private final Path root;
    private final Set<String> found = new LinkedHashSet<>();

    FollowedPaths(Path root) {
        this.root = root;
    }

    List<String> resolve(List<String> paths) {
        for (String path : paths) {
            follow(List.of(), parts(path), 0);
        }
        return List.copyOf(found);
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return parts;
    }

    private void follow(List<String> done, List<String> left, int links) {
        if (left.isEmpty()) {
            found.add(done.isEmpty() ? "." : quoted(done));
            return;
        }
        String part = left.getFirst();
        List<String> rest = left.subList(1, left.size());
        if (part.equals("..")) {
            follow(done.isEmpty() ? done : done.subList(0, done.size() - 1), rest, links);
        } else if (part.contains("*") || part.contains("?") || part.contains("[")) {
            matches(done, part).forEach(name -> step(done, name, rest, links));
        } else {
            step(done, part, rest, links);
        }
    }

    /** As a pattern that stands for this path alone. */
    private static String quoted(List<String> parts) {
        return String.join("/", parts).replaceAll("[\\\\*?!\\[\\s]", "\\\\$0");
    }

    private void step(List<String> done, String name, List<String> rest, int links) {
        List<String> here = new ArrayList<>(done);
        here.add(name);
        Path path = root.resolve(String.join("/", here));
        if (!Files.isSymbolicLink(path) || links >= LIMIT) {
            follow(here, rest, links);
            return;
        }
        found.add(quoted(here));
        try {
            String target = Files.readSymbolicLink(path).toString().replace('\\', '/');
            List<String> ahead = new ArrayList<>(parts(target));
            ahead.addAll(rest);
            follow(target.startsWith("/") ? List.of() : done, ahead, links + 1);
        } catch (IOException vanished) {
            follow(here, rest, links);
        }
    }

    private List<String> matches(List<String> directory, String pattern) {
        Path path = root.resolve(String.join("/", directory));
        List<String> names = new ArrayList<>();
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return names;
        }
        PathPatterns glob = PathPatterns.of(List.of(pattern));
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (glob.matches(name)) {
                    names.add(name);
                }
            }
        } catch (IOException vanished) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}

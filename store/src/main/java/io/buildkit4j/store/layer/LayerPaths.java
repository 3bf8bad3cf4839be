package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.ListedFile;
import io.buildkit4j.store.StoreFault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names inside a layer that is being applied. Only the applier writes into the directory, so what exists there is known
 * here, and no link is ever followed by the kernel: links are resolved by these notes, inside the layer.
 */
final class LayerPaths {
    static final String OPAQUE = "trusted.overlay.opaque";

    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_LINKS = 40;

    private final String root;
    private final LayerLimits limits;
    private final Set<String> directories = new HashSet<>(Set.of(""));
    private final Map<String, String> links = new HashMap<>();
    private final Set<String> whiteouts = new HashSet<>();
    /** Directories that no entry described. */
    private final Set<String> implied = new HashSet<>();
    /** Directories that show nothing of what is below them. */
    private final Set<String> opaque = new HashSet<>();

    private final List<Move> moves = new ArrayList<>();

    /** Something got another place after it was applied. */
    private record Move(String from, String to) {}

    LayerPaths(Path root, LayerLimits limits) {
        this.root = root.toString();
        this.limits = limits;
    }

    /** Where the path is on this machine. */
    String host(String path) {
        return path.isEmpty() ? root : root + "/" + path;
    }

    /** Without leading slashes, dots and steps above the root. */
    static String clean(String name) {
        if (name.indexOf('\0') >= 0) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "a layer has a name with a zero byte");
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static String join(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    /** The path with its directories resolved inside the layer, and made where they are missing. */
    String placed(String path) {
        return path.isEmpty() ? "" : join(directory(parent(path)), name(path));
    }

    private String directory(String path) {
        if (directories.contains(path)) {
            return path;
        }
        String at = "";
        int followed = 0;
        Deque<String> left = new ArrayDeque<>(Arrays.asList(path.split("/", -1)));
        while (!left.isEmpty()) {
            String next = join(at, left.pop());
            String target = links.get(next);
            if (target == null) {
                enter(next);
                at = next;
                continue;
            }
            if (++followed > MOST_LINKS) {
                throw new StoreFault(Kind.INVALID_ARGUMENT, "a layer's links go in circles at /" + next);
            }
            String full = target.startsWith("/") ? clean(target) : clean(at + "/" + target);
            List<String> parts = full.isEmpty() ? List.of() : Arrays.asList(full.split("/", -1));
            for (String part : parts.reversed()) {
                left.push(part);
            }
            at = "";
        }
        return at;
    }

    private void enter(String path) {
        if (directories.contains(path)) {
            return;
        }
        boolean replaces = whiteouts.remove(path);
        if (replaces) {
            HostFiles.remove(host(path));
        }
        HostFiles.makeDirectory(host(path), 0755);
        limits.noted(path);
        directories.add(path);
        implied.add(path);
        if (replaces) {
            opaque(path);
        }
    }

    /** Makes the directory, or finds that it is there. */
    void makeDirectory(String path) {
        if (directories.contains(path)) {
            implied.remove(path);
            return;
        }
        boolean replaces = clear(path);
        HostFiles.makeDirectory(host(path), 0755);
        limits.noted(path);
        directories.add(path);
        if (replaces) {
            opaque(path);
        }
    }

    /** Makes room for something that is not a directory; answers whether a whiteout was there. */
    boolean clear(String path) {
        if (whiteouts.remove(path)) {
            HostFiles.remove(host(path));
            return true;
        }
        if (path.isEmpty()) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "a layer replaces the root directory by something else");
        }
        FileTree.remove(host(path));
        links.remove(path);
        if (directories.remove(path)) {
            String prefix = path + "/";
            for (Set<String> names : List.of(directories, implied, whiteouts, opaque, links.keySet())) {
                names.removeIf(name -> name.startsWith(prefix));
            }
            implied.remove(path);
            opaque.remove(path);
        }
        return false;
    }

    void makeLink(String path, String target) {
        HostFiles.makeLink(host(path), target);
        limits.noted(path);
        limits.noted(target);
        links.put(path, target);
    }

    /** The name is gone from what is below. */
    void makeWhiteout(String path) {
        if (whiteouts.contains(path)) {
            return;
        }
        if (directories.contains(path)) {
            opaque(path);
            return;
        }
        if (HostFiles.find(host(path)).isEmpty()) {
            HostFiles.makeWhiteout(host(path));
            limits.noted(path);
            whiteouts.add(path);
        }
    }

    /** Everything below the directory is gone from what is below. */
    void opaque(String directory) {
        HostFiles.setAttribute(host(directory), OPAQUE, YES);
        opaque.add(directory);
    }

    boolean isOpaque(String directory) {
        return opaque.contains(directory);
    }

    /** Directories that no entry described, those above others first. */
    List<String> implied() {
        List<String> sorted = new ArrayList<>(implied);
        sorted.sort(null);
        return sorted;
    }

    // ---- what comes to light only when the layers below are known

    /**
     * Puts what the directory has into another one, over what is there, and removes it.
     *
     * @param target resolved inside the layer, made where it is missing
     */
    void moveContent(String directory, String target) {
        String to = target.isEmpty() ? "" : directory(target);
        if (to.equals(directory) || to.startsWith(directory + "/")) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "links go in circles at /" + directory);
        }
        for (ListedFile child : HostFiles.list(host(directory))) {
            move(join(directory, child.name()), join(to, child.name()));
        }
        HostFiles.removeDirectory(host(directory));
        moves.add(new Move(directory, to));
        for (Set<String> names : List.of(directories, implied, opaque)) {
            names.remove(directory);
        }
    }

    private void move(String from, String to) {
        boolean there = directories.contains(to);
        if (there && directories.contains(from)) {
            boolean described = !implied.contains(from);
            if (described) {
                implied.remove(to);
                describeAs(from, to);
            }
            if (opaque.contains(from)) {
                opaque(to);
            }
            moveContent(from, to);
            return;
        }
        boolean whiteout = whiteouts.contains(from);
        if (whiteout && HostFiles.find(host(to)).isPresent()) {
            // what this layer itself has there stays; it only shows nothing of what is below it
            HostFiles.remove(host(from));
            whiteouts.remove(from);
            if (there) {
                opaque(to);
            }
            return;
        }
        boolean replaces = clear(to);
        HostFiles.rename(host(from), host(to));
        rename(from, to);
        if (replaces && directories.contains(to)) {
            opaque(to);
        }
    }

    private void describeAs(String from, String to) {
        FileStatus status = HostFiles.status(host(from));
        HostFiles.setOwner(host(to), status.uid(), status.gid());
        HostFiles.setMode(host(to), status.mode());
        HostFiles.attributes(host(from)).forEach((name, value) -> HostFiles.setAttribute(host(to), name, value));
    }

    private void rename(String from, String to) {
        moves.add(new Move(from, to));
        for (Set<String> names : List.of(directories, implied, whiteouts, opaque)) {
            List<String> moved = names.stream()
                    .filter(name -> name.equals(from) || name.startsWith(from + "/"))
                    .toList();
            moved.forEach(names::remove);
            moved.forEach(name -> names.add(to + name.substring(from.length())));
        }
    }

    /** Where something is now that was applied at this path. */
    String now(String path) {
        String at = path;
        for (Move move : moves) {
            if (at.equals(move.from) || at.startsWith(move.from + "/")) {
                String rest = at.substring(move.from.length());
                at = move.to.isEmpty() && !rest.isEmpty() ? rest.substring(1) : move.to + rest;
            }
        }
        return at;
    }
}

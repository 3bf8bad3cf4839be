package io.buildkit4j.store.layer;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
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
    private final Set<String> directories = new HashSet<>(Set.of(""));
    private final Map<String, String> links = new HashMap<>();
    private final Set<String> whiteouts = new HashSet<>();
    /** Directories that no entry described. */
    private final Set<String> implied = new HashSet<>();

    LayerPaths(Path root) {
        this.root = root.toString();
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
            for (Set<String> noted : List.of(directories, implied, whiteouts, links.keySet())) {
                noted.removeIf(name -> name.startsWith(prefix));
            }
            implied.remove(path);
        }
        return false;
    }

    void makeLink(String path, String target) {
        HostFiles.makeLink(host(path), target);
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
            HostFiles.makeNode(host(path), 0020000, 0);
            whiteouts.add(path);
        }
    }

    /** Everything below the directory is gone from what is below. */
    void opaque(String directory) {
        HostFiles.setAttribute(host(directory), OPAQUE, YES);
    }

    /** Directories that no entry described, those above others first. */
    List<String> implied() {
        List<String> sorted = new ArrayList<>(implied);
        sorted.sort(null);
        return sorted;
    }
}

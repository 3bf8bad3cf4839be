package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** Holds a sender to the protocol: clean relative paths, in order, directories before what is in them. */
final class PacketOrder {
    private final ArrayDeque<String> directories = new ArrayDeque<>();
    private final Set<String> files = new HashSet<>();
    private String last = "";

    void check(FileStat stat) {
        String path = stat.path();
        checkClean(path);
        if (!last.isEmpty() && compare(last, path) >= 0) {
            throw wrong(path, "it comes after " + last);
        }
        last = path;
        int slash = path.lastIndexOf('/');
        String parent = slash < 0 ? "" : path.substring(0, slash);
        while (!directories.isEmpty() && !directories.getLast().equals(parent)) {
            directories.removeLast();
        }
        if (slash >= 0 && directories.isEmpty()) {
            throw wrong(path, "its directory was not sent");
        }
        if (stat.isDirectory()) {
            directories.addLast(path);
        } else if (stat.isFile() && stat.link().isEmpty()) {
            files.add(path);
        } else if (!stat.isLink() && !stat.link().isEmpty() && !files.contains(stat.link())) {
            throw wrong(path, "it links to " + stat.link() + ", which was not sent before");
        }
    }

    private static void checkClean(String path) {
        int start = 0;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String part = path.substring(start, end);
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw wrong(path, "it is not a clean relative path");
            }
            start = end + 1;
        }
    }

    private static WireFault wrong(String path, String reason) {
        return new WireFault(Kind.INVALID_ARGUMENT, "the sender broke the protocol at " + path + ": " + reason);
    }

    /** By path parts, each by its UTF-8 bytes: a slash sorts before every character. */
    static int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return Integer.compare(rank(a), rank(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Surrogates, halves of what is beyond 16 bits, come after all else. */
    private static int rank(char c) {
        if (c == '/') {
            return -1;
        }
        return Character.isSurrogate(c) ? 0x10000 + c : c;
    }
}

package io.buildkit4j.store;

import io.buildkit4j.footing.NameBytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths of a tree that match a pattern: {@code *} and {@code ?} stay inside one path part, {@code [a-z]} and {@code [^a-z]}
 * are classes, {@code \} quotes (Go's filepath.Match). Takes time linear in names for each star.
 */
public final class TreeWildcards {
    private TreeWildcards() {}

    /** Whether the pattern holds anything but plain names. */
    public static boolean in(String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            if ("*?[\\".indexOf(pattern.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Paths that match and exist, in the order of their bytes, as they were named: links in them are not resolved, nor is a
     * last part that is one.
     */
    public static List<String> matches(TreeReader tree, String pattern) {
        List<String> found = List.of("");
        for (String part : pattern.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            List<String> next = new ArrayList<>();
            for (String above : found) {
                expand(tree, above, part, next);
            }
            found = next;
        }
        List<String> sorted = new ArrayList<>(found);
        sorted.sort(NameBytes::compare);
        return sorted;
    }

    private static void expand(TreeReader tree, String above, String part, List<String> into) {
        if (!in(part)) {
            if (tree.find(above + "/" + part, false).isPresent()) {
                into.add(above + "/" + part);
            }
            return;
        }
        String directory = above.isEmpty() ? "/" : above;
        if (tree.find(directory, true).filter(TreeEntry::isDirectory).isPresent()) {
            for (TreeEntry entry : tree.list(directory)) {
                if (matches(part, entry.name())) {
                    into.add(above + "/" + entry.name());
                }
            }
        }
    }

    /** Whether the pattern of one path part matches the whole name. A class without its end matches nothing. */
    public static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int retry = 0;
        while (n < name.length()) {
            int next = p < pattern.length() && pattern.charAt(p) != '*' ? one(pattern, p, name.charAt(n)) : -1;
            if (next > 0) {
                p = next;
                n++;
            } else if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = n;
            } else if (star >= 0) {
                p = star + 1;
                n = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Where the pattern goes on when its element at {@code p} matches the character, else -1. */
    private static int one(String pattern, int p, char c) {
        return switch (pattern.charAt(p)) {
            case '?' -> p + 1;
            case '[' -> oneOf(pattern, p + 1, c);
            case '\\' -> p + 1 < pattern.length() && pattern.charAt(p + 1) == c ? p + 2 : -1;
            default -> pattern.charAt(p) == c ? p + 1 : -1;
        };
    }

    private static int oneOf(String pattern, int start, char c) {
        int p = start;
        boolean not = p < pattern.length() && pattern.charAt(p) == '^';
        p += not ? 1 : 0;
        boolean in = false;
        for (boolean first = true; p < pattern.length() && (first || pattern.charAt(p) != ']'); first = false) {
            p += pattern.charAt(p) == '\\' ? 1 : 0;
            if (p >= pattern.length()) {
                return -1;
            }
            char low = pattern.charAt(p++);
            char high = low;
            if (p + 1 < pattern.length() && pattern.charAt(p) == '-' && pattern.charAt(p + 1) != ']') {
                p += pattern.charAt(p + 1) == '\\' && p + 2 < pattern.length() ? 2 : 1;
                high = pattern.charAt(p++);
            }
            in |= low <= c && c <= high;
        }
        return p < pattern.length() && in != not ? p + 1 : -1;
    }
}

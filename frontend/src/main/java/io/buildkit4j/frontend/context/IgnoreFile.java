package io.buildkit4j.frontend.context;

import java.util.ArrayList;
import java.util.List;

/** The text of a .dockerignore as patterns. */
public final class IgnoreFile {
    private IgnoreFile() {}

    /**
     * Its patterns in order, cleaned: no blanks around, no slash at the beginning or the end, nothing doubled. Lines that begin
     * with {@code #} say nothing.
     */
    public static List<String> patterns(String text) {
        List<String> patterns = new ArrayList<>();
        for (String line : (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r?\n", -1)) {
            String pattern = line.strip();
            if (line.startsWith("#") || pattern.isEmpty()) {
                continue;
            }
            boolean negative = pattern.startsWith("!");
            String path = cleaned(negative ? pattern.substring(1).strip() : pattern);
            patterns.add(negative ? "!" + path : path);
        }
        return patterns;
    }

    /** By its text alone; what leads above the context stays as it is and matches nothing. */
    private static String cleaned(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            boolean up =
                    part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..");
            if (up) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !(part.equals("..") && path.startsWith("/"))) {
                parts.add(part);
            }
        }
        return parts.isEmpty() ? path.isEmpty() ? "" : path.startsWith("/") ? "/" : "." : String.join("/", parts);
    }
}

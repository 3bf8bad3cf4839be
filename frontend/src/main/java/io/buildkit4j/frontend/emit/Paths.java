package io.buildkit4j.frontend.emit;

import java.util.ArrayList;
import java.util.List;

/** Paths inside of a tree. */
final class Paths {
    private Paths() {}

    /** Clean and relative; what would leave the tree stays at its root. Empty for the root. */
    static String inside(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }
}

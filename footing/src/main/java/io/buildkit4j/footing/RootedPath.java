package io.buildkit4j.footing;

import java.util.ArrayList;
import java.util.List;

/** Paths inside of a tree, as people write them. */
public final class RootedPath {
    private RootedPath() {}

    /**
     * The path relative to the tree's root, without doubled slashes, {@code .} and {@code ..}, which are taken by their text
     * alone; what would leave the tree stays at its root. Empty for the root itself.
     */
    public static String inside(String path) {
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

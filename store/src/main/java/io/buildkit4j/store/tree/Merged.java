package io.buildkit4j.store.tree;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the merged tree.
 *
 * @param path from the tree's root
 * @param parts top first, never empty, already cut at the first opaque one
 */
record Merged(String path, List<Layer.Part> parts) {
    /** The part that the name is seen in, or null when the name is not there. */
    Layer.@Nullable Part top(String name) {
        return top(parts, name);
    }

    static Layer.@Nullable Part top(List<Layer.Part> parts, String name) {
        for (Layer.Part part : parts) {
            Mark mark = part.mark(name);
            if (mark != null) {
                return mark == Mark.WHITEOUT ? null : part;
            }
        }
        return null;
    }

    /** The directory of that name below this one, or null when it is not there or no directory. */
    @Nullable
    Merged enter(String name) {
        String below = child(name);
        List<Layer.Part> found = new ArrayList<>(2);
        for (Layer.Part part : parts) {
            Mark mark = part.mark(name);
            if (mark == null) {
                continue;
            }
            if (mark != Mark.DIRECTORY) {
                break;
            }
            Layer.Part child = part.layer.part(below);
            found.add(child);
            if (child.opaque) {
                break;
            }
        }
        return found.isEmpty() ? null : new Merged(below, List.copyOf(found));
    }

    String child(String name) {
        return path.equals("/") ? "/" + name : path + "/" + name;
    }

    /** All names that are seen, each with its part. */
    Map<String, Layer.Part> names() {
        Map<String, Layer.Part> seen =
                HashMap.newHashMap(parts.getFirst().names().size());
        for (Layer.Part part : parts) {
            for (String name : part.names().keySet()) {
                seen.putIfAbsent(name, part);
            }
        }
        seen.entrySet().removeIf(entry -> entry.getValue().mark(entry.getKey()) == Mark.WHITEOUT);
        return seen;
    }
}

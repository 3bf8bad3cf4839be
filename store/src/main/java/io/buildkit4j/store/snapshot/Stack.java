package io.buildkit4j.store.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Directories that make a file system, the uppermost first. The lower part is shared with the stacks of what it stands on,
 * so that a chain of thousands costs one object each.
 *
 * @param level 0 for a snapshot's own directory, else one more than the levels of what it was made of
 * @param below null under the lowest
 * @param run how many from here on have this level and may still be made one
 */
record Stack(Path directory, int level, @Nullable Stack below, int size, int run) {
    /** One more directory over a stack, which may be nothing. */
    static Stack over(@Nullable Stack below, Path directory, int level) {
        int run = below != null && below.level == level ? below.run + 1 : 1;
        return new Stack(directory, level, below, below == null ? 1 : below.size + 1, run);
    }

    /** The same of which the upper ones are not made one any more. */
    Stack settled() {
        return new Stack(directory, level, below, size, 0);
    }

    /** The directories, the uppermost first. */
    static List<Path> paths(@Nullable Stack stack) {
        List<Path> paths = new ArrayList<>(stack == null ? 0 : stack.size);
        for (Stack at = stack; at != null; at = at.below) {
            paths.add(at.directory);
        }
        return paths;
    }

    /** The first so many. */
    List<Path> top(int count) {
        List<Path> paths = new ArrayList<>(count);
        Stack at = this;
        while (paths.size() < count && at != null) {
            paths.add(at.directory);
            at = at.below;
        }
        return paths;
    }

    /** What is left below the first so many. */
    @Nullable
    Stack without(int count) {
        Stack at = this;
        for (int i = 0; i < count && at != null; i++) {
            at = at.below;
        }
        return at;
    }
}

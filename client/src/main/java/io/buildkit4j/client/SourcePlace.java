package io.buildkit4j.client;

import io.buildkit4j.footing.Excerpt;
import java.util.List;

/**
 * Lines of a file that a user wrote, such as a Dockerfile.
 *
 * @param lines the whole file
 * @param first line that is meant, from 1
 * @param last line that is meant, at least {@code first}
 */
public record SourcePlace(String file, List<String> lines, int first, int last) {
    private static final int AROUND = 3;

    /** The lines are copied. */
    public SourcePlace {
        lines = List.copyOf(lines);
    }

    /** {@code FILE:LINE} and the lines around it, those that are meant marked. Ends with a newline. */
    public String excerpt() {
        return Excerpt.of(file, lines, first, last, AROUND);
    }
}

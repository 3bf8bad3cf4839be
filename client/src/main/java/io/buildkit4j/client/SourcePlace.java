package io.buildkit4j.client;

import java.util.List;
import java.util.Locale;

/**
 * Lines of a file that a user wrote, such as a Dockerfile.
 *
 * @param lines the whole file
 * @param first line that is meant, from 1
 * @param last line that is meant, at least {@code first}
 */
public record SourcePlace(String file, List<String> lines, int first, int last) {
    private static final int AROUND = 3;
    private static final String RULE = "--------------------\n";

    /** The lines are copied. */
    public SourcePlace {
        lines = List.copyOf(lines);
    }

    /** {@code FILE:LINE} and the lines around it, those that are meant marked. Ends with a newline. */
    public String excerpt() {
        StringBuilder text =
                new StringBuilder(file).append(':').append(first).append('\n').append(RULE);
        for (int line = Math.max(1, first - AROUND); line <= Math.min(lines.size(), last + AROUND); line++) {
            String mark = line >= first && line <= last ? ">>>" : "   ";
            text.append(String.format(Locale.ROOT, "%4d | %s %s%n", line, mark, lines.get(line - 1)));
        }
        return text.append(RULE).toString();
    }
}

package io.buildkit4j.footing;

import java.util.List;
import java.util.Locale;

/** Lines of a file that somebody wrote, those that are meant marked, among their neighbours; in the shape that BuildKit has. */
public final class Excerpt {
    private static final int LONGEST = 1_000;
    private static final String RULE = "--------------------\n";

    private Excerpt() {}

    /**
     * {@code FILE:LINE} and the lines between two rules. Ends with a newline.
     *
     * @param lines of the whole file
     * @param first line that is meant, from 1
     * @param last line that is meant
     * @param around how many neighbours are shown on each side
     */
    public static String of(String file, List<String> lines, int first, int last, int around) {
        StringBuilder text =
                new StringBuilder(file).append(':').append(first).append('\n').append(RULE);
        for (int line = Math.max(1, first - around); line <= Math.min(lines.size(), last + around); line++) {
            String mark = line >= first && line <= last ? ">>>" : "   ";
            text.append(String.format(Locale.ROOT, " %3d | %s ", line, mark))
                    .append(shortened(lines.get(line - 1)))
                    .append('\n');
        }
        return text.append(RULE).toString();
    }

    private static String shortened(String line) {
        return line.length() <= LONGEST
                ? line
                : line.substring(0, LONGEST) + "… (" + (line.length() - LONGEST) + " characters more)";
    }
}

package io.buildkit4j.frontend.call;

import java.util.Locale;

/** Lines of a file, marked, among their neighbours. */
final class Excerpts {
    private static final String RULE = "--------------------\n";

    private final String file;
    private final String[] lines;

    Excerpts(String file, String text) {
        this.file = file;
        this.lines = text.split("\n", -1);
    }

    /** One line has two neighbours on each side, several lines have one. */
    String of(int first, int last) {
        if (first < 1 || first > lines.length) {
            return "";
        }
        int end = Math.min(last, lines.length);
        int around = first == end ? 2 : 1;
        StringBuilder out =
                new StringBuilder(file).append(':').append(first).append('\n').append(RULE);
        for (int line = Math.max(1, first - around); line <= Math.min(lines.length, end + around); line++) {
            String mark = line >= first && line <= end ? ">>>" : "   ";
            out.append(String.format(Locale.ROOT, " %3d | %s ", line, mark))
                    .append(lines[line - 1])
                    .append('\n');
        }
        return out.append(RULE).toString();
    }
}

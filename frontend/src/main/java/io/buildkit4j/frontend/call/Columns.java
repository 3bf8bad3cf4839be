package io.buildkit4j.frontend.call;

import java.util.ArrayList;
import java.util.List;

/** Lines of words below one another; the last word of a line may be of any width. */
final class Columns {
    private final int space;
    private final List<List<String>> rows = new ArrayList<>();

    /** So many spaces stand at least between two columns. */
    Columns(int space) {
        this.space = space;
    }

    Columns row(String... words) {
        rows.add(List.of(words));
        return this;
    }

    String text() {
        int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)) + space);
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                out.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i))));
            }
            out.append(row.getLast()).append('\n');
        }
        return out.toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}

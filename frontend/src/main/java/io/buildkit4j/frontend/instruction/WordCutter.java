package io.buildkit4j.frontend.instruction;

import java.util.ArrayList;
import java.util.List;

/** Cuts a line at spaces outside of quotes; quotes and backslashes stay, for they matter when variables are expanded. */
public final class WordCutter {
    private WordCutter() {}

    /** At blanks, whatever quotes say. */
    static List<String> split(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split("[\\t\\x0B\\f\\r ]+", -1));
    }

    /** The words. */
    public static List<String> cut(String line, char escape) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean begun = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == escape && quote != '\'') {
                boolean last = i + 1 == line.length();
                word.append(last ? "" : line.substring(i, i + 2));
                begun |= !last;
                i++;
                continue;
            }
            if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                begun = false;
                word.setLength(0);
                continue;
            }
            quote = quote == 0 && (c == '"' || c == '\'') ? c : c == quote ? 0 : quote;
            word.append(c);
            begun = true;
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}

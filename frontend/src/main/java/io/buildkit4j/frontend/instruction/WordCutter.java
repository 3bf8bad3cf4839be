package io.buildkit4j.frontend.instruction;

import java.util.ArrayList;
import java.util.List;

/** Cuts a line at spaces outside of quotes; quotes and backslashes stay, for they matter when variables are expanded. */
final class WordCutter {
    private WordCutter() {}

    static List<String> cut(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(c).append(line.charAt(++i));
                continue;
            }
            if (quote == 0 && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                continue;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
            word.append(c);
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }
}

package io.buildkit4j.llb;

import java.util.ArrayList;
import java.util.List;

/** A command line as a shell cuts it, without expansion. */
final class Words {
    private Words() {}

    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inside = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < line.length();
            if (escapes) {
                word.append(line.charAt(++i));
                inside = true;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
                inside = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (inside) {
                    words.add(word.toString());
                    word.setLength(0);
                    inside = false;
                }
            } else {
                word.append(c);
                inside = true;
            }
        }
        if (quote != 0) {
            throw LlbFault.invalid("a quote is left open in: " + line);
        }
        if (inside) {
            words.add(word.toString());
        }
        return words;
    }
}

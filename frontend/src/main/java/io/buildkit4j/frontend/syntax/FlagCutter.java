package io.buildkit4j.frontend.syntax;

import java.util.List;
import java.util.Optional;

/** Takes the flags off the beginning of a line: words that begin with two dashes, up to one that is nothing else. */
final class FlagCutter {
    private final String line;
    private final char escape;
    private int at;

    FlagCutter(String line, char escape) {
        this.line = line;
        this.escape = escape;
    }

    /** Adds the flags to the list; what follows them is the result. Quotes and escapes in flags are gone. */
    String cut(List<Statement.Flag> flags) {
        while (line.startsWith("--", at)) {
            String word = word();
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
            if (word.equals("--")) {
                break;
            }
            int equals = word.indexOf('=');
            flags.add(
                    equals < 0
                            ? new Statement.Flag(word.substring(2), Optional.empty())
                            : new Statement.Flag(word.substring(2, equals), Optional.of(word.substring(equals + 1))));
        }
        return line.substring(at);
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (; at < line.length(); at++) {
            char c = line.charAt(at);
            if (quote == 0 && Character.isWhitespace(c)) {
                break;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else if (c == escape) {
                at++;
                word.append(at < line.length() ? line.substring(at, at + 1) : "");
            } else {
                word.append(c);
            }
        }
        at = Math.min(at, line.length());
        return word.toString();
    }
}

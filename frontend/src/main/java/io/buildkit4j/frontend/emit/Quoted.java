package io.buildkit4j.frontend.emit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lists of words as the history writes them: each quoted as in Go's source. */
final class Quoted {
    private Quoted() {}

    static String list(List<String> words) {
        return words.stream().map(Quoted::word).collect(Collectors.joining(" ", "[", "]"));
    }

    private static String word(String word) {
        StringBuilder out = new StringBuilder("\"");
        word.codePoints().forEach(letter -> {
            switch (letter) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> plain(out, letter);
            }
        });
        return out.append('"').toString();
    }

    private static void plain(StringBuilder out, int letter) {
        if (letter < ' ' || letter == 0x7F) {
            out.append(String.format(Locale.ROOT, "\\x%02x", letter));
        } else {
            out.appendCodePoint(letter);
        }
    }
}

package io.buildkit4j.frontend.emit;

import java.util.List;
import java.util.stream.Collectors;

/** Lists of words as the history writes them. */
final class Quoted {
    private Quoted() {}

    static String list(List<String> words) {
        return words.stream()
                .map(word ->
                        '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"')
                .collect(Collectors.joining(" ", "[", "]"));
    }
}

package io.buildkit4j.frontend.instruction;

import io.buildkit4j.footing.NearestWord;
import java.util.Collection;

/** How messages suggest the nearest valid word to a mistyped one. */
public final class Spelling {
    private Spelling() {}

    /** A remark to end a message with; empty when nothing is near. */
    public static String suggestion(String word, Collection<String> valid, String prefix) {
        return NearestWord.to(word, valid)
                .map(found -> " (did you mean " + prefix + found + "?)")
                .orElse("");
    }
}

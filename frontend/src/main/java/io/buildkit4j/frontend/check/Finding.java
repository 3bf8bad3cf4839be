package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.syntax.SourceLines;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.SourceMap;

/**
 * A place where a rule is broken.
 *
 * @param message what is wrong there
 * @param word the text of the instruction that is to blame; empty for all of it
 * @param first line, from 1
 * @param last line
 */
public record Finding(Title rule, String message, String word, int first, int last, Statement statement) {
    /** As one line, with where it is. */
    public String line() {
        return rule.name() + ": " + message + " (line " + first + ")";
    }

    /** Exactly the word that is to blame, for editors. */
    public SourceMap.Range range(SourceLines lines) {
        return word.isEmpty() || first != statement.place().first()
                ? lines.range(first, last)
                : lines.find(statement.place(), word);
    }
}

package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.Locale;

/** Names of stages are lower case, as they are compared so. */
final class StageNameCasing implements Rule {
    private static final Title TITLE =
            Title.of("StageNameCasing", "Stage names should be lowercase", "stage-name-casing");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction.From from : file.stages()) {
            String[] words = from.statement().rest().split("\\s+", -1);
            if (words.length == 3 && !words[2].equals(words[2].toLowerCase(Locale.ROOT))) {
                found.add(TITLE, from.statement(), "Stage name '" + words[2] + "' should be lowercase", words[2]);
            }
        }
    }
}

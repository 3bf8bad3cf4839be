package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.NearestWord;
import io.buildkit4j.frontend.instruction.Instruction;

/** FROM knows only arguments that are said before the first FROM. */
final class UndefinedArgInFrom implements Rule {
    private static final Title TITLE =
            Title.of("UndefinedArgInFrom", "FROM command must use declared ARGs", "undefined-arg-in-from");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction.From from : file.stages()) {
            check(file, from, from.image(), found);
            from.platform().ifPresent(platform -> check(file, from, platform, found));
        }
    }

    private static void check(Reading file, Instruction.From from, String text, Findings found) {
        for (String name : file.expand(text, file.arguments()).without(file.declared())) {
            String message = "FROM argument '" + name + "' is not declared"
                    + NearestWord.within(2, name, file.declared())
                            .map(near -> " (did you mean " + near + "?)")
                            .orElse("");
            found.add(TITLE, from.statement(), message, name);
        }
    }
}

package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.WordCutter;
import io.buildkit4j.frontend.syntax.Statement;

/** {@code ENV KEY VALUE} cannot set two. */
final class LegacyKeyValueFormat implements Rule {
    private static final Title TITLE = Title.of(
            "LegacyKeyValueFormat",
            "Legacy key/value format with whitespace separator should not be used",
            "legacy-key-value-format");

    private char escape;

    @Override
    public void read(Reading file, Findings found) {
        escape = file.escape();
    }

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        boolean pairs =
                moment.instruction() instanceof Instruction.Env || moment.instruction() instanceof Instruction.Label;
        Statement statement = moment.instruction().statement();
        if (pairs && !WordCutter.cut(statement.rest(), escape).getFirst().contains("=")) {
            String name = statement.written();
            String message =
                    "\"" + name + " key=value\" should be used instead of legacy \"" + name + " key value\" format";
            found.add(TITLE, statement, message, statement.rest());
        }
    }
}

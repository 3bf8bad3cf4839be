package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.HashMap;
import java.util.Map;

/** Of several CMDs only the last counts. */
final class MultipleInstructionsDisallowed implements Rule {
    private static final Title TITLE = Title.of(
            "MultipleInstructionsDisallowed",
            "Multiple instructions of the same type should not be used in the same stage",
            "multiple-instructions-disallowed");

    /** By stage and keyword. */
    private final Map<String, Statement> last = new HashMap<>();

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        boolean once = moment.instruction() instanceof Instruction.Cmd
                || moment.instruction() instanceof Instruction.Entrypoint
                || moment.instruction() instanceof Instruction.Healthcheck;
        if (!once) {
            return;
        }
        Statement statement = moment.instruction().statement();
        Statement before = last.put(moment.stage().index() + statement.keyword(), statement);
        if (before != null) {
            String message = "Multiple " + statement.written()
                    + " instructions should not be used in the same stage because only the last one will be used";
            found.add(TITLE, before, message, "");
        }
    }
}

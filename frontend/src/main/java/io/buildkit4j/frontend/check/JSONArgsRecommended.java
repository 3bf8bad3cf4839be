package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Statement;

/** A shell between the container and its program swallows signals. */
final class JSONArgsRecommended implements Rule {
    private static final Title TITLE = Title.of(
            "JSONArgsRecommended",
            "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
            "json-args-recommended");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        boolean shell = switch (moment.instruction()) {
            case Instruction.Cmd cmd -> cmd.command().shell();
            case Instruction.Entrypoint entrypoint -> entrypoint.command().shell();
            default -> false;
        };
        if (shell && !moment.shell()) {
            Statement statement = moment.instruction().statement();
            String message = "JSON arguments recommended for " + statement.written()
                    + " to prevent unintended behavior related to OS signals";
            found.add(TITLE, statement, message, statement.rest());
        }
    }
}

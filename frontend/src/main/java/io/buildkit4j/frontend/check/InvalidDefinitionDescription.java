package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.List;

/** A comment that clients would show as a description of a stage or argument. */
final class InvalidDefinitionDescription implements Rule {
    private static final Title TITLE = new Title(
            "InvalidDefinitionDescription",
            "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
            "invalid-definition-description",
            true);

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction instruction : file.instructions()) {
            switch (instruction) {
                case Instruction.From from -> check(from, from.name().stream().toList(), found);
                case Instruction.Arg arg ->
                    check(
                            arg,
                            arg.arguments().stream()
                                    .map(Instruction.Argument::name)
                                    .toList(),
                            found);
                default -> {}
            }
        }
    }

    private static void check(Instruction instruction, List<String> names, Findings found) {
        Statement statement = instruction.statement();
        List<String> comments = statement.margin().comments();
        if (comments.isEmpty()
                || names.isEmpty()
                || names.contains(comments.getLast().split(" ", 2)[0])) {
            return;
        }
        String name = names.size() > 1 ? "<arg_key>" : names.getFirst();
        String message =
                "Comment for " + statement.keyword() + " should follow the format: `# " + name + " <description>`";
        found.add(TITLE, statement, message, "");
    }
}

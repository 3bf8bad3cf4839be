package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.List;
import java.util.Locale;

/** Keywords are all upper case or all lower case. */
final class ConsistentInstructionCasing implements Rule {
    private static final Title TITLE = Title.of(
            "ConsistentInstructionCasing",
            "All commands within the Dockerfile should use the same casing (either upper or lower)",
            "consistent-instruction-casing");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        List<Instruction> staged = file.instructions().stream()
                .dropWhile(instruction -> !(instruction instanceof Instruction.From))
                .toList();
        int balance = 0;
        for (Instruction instruction : staged) {
            String written = instruction.statement().written();
            if (written.equals(written.toLowerCase(Locale.ROOT))) {
                balance++;
            } else if (written.equals(written.toUpperCase(Locale.ROOT))) {
                balance--;
            }
        }
        boolean lower = balance > 0;
        for (Instruction instruction : staged) {
            String written = instruction.statement().written();
            String wanted = lower ? written.toLowerCase(Locale.ROOT) : written.toUpperCase(Locale.ROOT);
            if (!written.equals(wanted)) {
                String message = "Command '" + written + "' should match the case of the command majority ("
                        + (lower ? "lowercase" : "uppercase") + ")";
                found.add(TITLE, instruction.statement(), message, written);
            }
        }
    }
}

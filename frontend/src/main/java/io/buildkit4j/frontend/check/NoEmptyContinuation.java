package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;

/** A blank line inside of an instruction. */
final class NoEmptyContinuation implements Rule {
    private static final Title TITLE = Title.of(
            "NoEmptyContinuation",
            "Empty continuation lines will become errors in a future release",
            "no-empty-continuation");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction instruction : file.instructions()) {
            int line = instruction.statement().margin().gap();
            if (line > 0) {
                found.add(new Finding(TITLE, "Empty continuation line", "", line, line, instruction.statement()));
            }
        }
    }
}

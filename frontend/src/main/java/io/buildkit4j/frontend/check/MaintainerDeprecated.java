package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;

/** MAINTAINER is a label today. */
final class MaintainerDeprecated implements Rule {
    private static final Title TITLE = Title.of(
            "MaintainerDeprecated",
            "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
            "maintainer-deprecated");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction instruction : file.instructions()) {
            if (instruction instanceof Instruction.Maintainer maintainer) {
                String message = "Maintainer instruction is deprecated in favor of using label";
                found.add(TITLE, maintainer.statement(), message, "");
            }
        }
    }
}

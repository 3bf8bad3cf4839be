package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.Set;

/** A stage called as something else is. */
final class ReservedStageName implements Rule {
    private static final Title TITLE =
            Title.of("ReservedStageName", "Reserved words should not be used as stage names", "reserved-stage-name");

    private static final Set<String> RESERVED = Set.of("context", "scratch");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction.From from : file.stages()) {
            from.name().filter(RESERVED::contains).ifPresent(name -> {
                String message = "Stage name should not use the same name as reserved stage " + Findings.quoted(name);
                found.add(TITLE, from.statement(), message, name);
            });
        }
    }
}

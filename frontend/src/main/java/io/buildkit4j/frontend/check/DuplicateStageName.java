package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.HashSet;
import java.util.Set;

/** Of stages with one name only the last is meant by it. */
final class DuplicateStageName implements Rule {
    private static final Title TITLE =
            Title.of("DuplicateStageName", "Stage names should be unique", "duplicate-stage-name");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        Set<String> names = new HashSet<>();
        for (Instruction.From from : file.stages()) {
            from.name().filter(name -> !names.add(name)).ifPresent(name -> {
                String message = "Duplicate stage name " + Findings.quoted(name) + ", stage names should be unique";
                found.add(TITLE, from.statement(), message, name);
            });
        }
    }
}

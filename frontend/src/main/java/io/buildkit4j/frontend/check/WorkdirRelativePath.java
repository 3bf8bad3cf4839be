package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import java.util.HashSet;
import java.util.Set;

/** Where a relative path leads depends on the base image. */
final class WorkdirRelativePath implements Rule {
    private static final Title TITLE = Title.of(
            "WorkdirRelativePath",
            "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
            "workdir-relative-path");

    /** Stages that have said where they are. */
    private final Set<Integer> set = new HashSet<>();

    private Reading file = Reading.NOTHING;

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        this.file = file;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        moment.stage()
                .parent()
                .filter(set::contains)
                .ifPresent(parent -> set.add(moment.stage().index()));
        if (moment.instruction() instanceof Instruction.Workdir workdir
                && set.add(moment.stage().index())) {
            String path = file.expand(workdir.path(), moment.values()).text().orElse(workdir.path());
            if (!path.startsWith("/")) {
                String message = "Relative workdir " + Findings.quoted(path)
                        + " can have unexpected results if the base image changes";
                found.add(TITLE, workdir.statement(), message, workdir.path());
            }
        }
    }
}

package io.buildkit4j.frontend.emit;

import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;

/** Gives the source that a stage begins with the stage's name. */
final class BaseNames {
    private BaseNames() {}

    static State renamed(State base, StepNote note) {
        Definition definition = base.marshal();
        if (definition.steps().size() == 1 && definition.steps().getFirst().op() instanceof Op.Source source) {
            String named = source.id() instanceof io.buildkit4j.llb.SourceId.DockerImage image
                    ? note.description().getFirst().value().replaceFirst("FROM .*", "FROM ") + image.reference()
                    : note.description().getFirst().value();
            return State.source(
                    source.id(), source.platform(), note.withName(named).withIgnoreCache(false));
        }
        return base;
    }
}

package io.buildkit4j.frontend.call;

import io.buildkit4j.frontend.Described.Note;
import io.buildkit4j.frontend.PlatformBuild;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.emit.Plan;
import java.util.List;
import java.util.Optional;

/** The steps that a target is built by. */
final class Convert implements Call {
    @Override
    public Announced announced() {
        return new Announced(
                "frontend.convertllb",
                "0.1.0",
                "Convert Dockerfile to LLB",
                Optional.of(List.of()),
                List.of("result.json"));
    }

    @Override
    public List<Note> answer(Asked asked) throws InterruptedException {
        Plan.Inputs inputs = asked.inputs(asked.parsed(), asked.ignored().patterns());
        PlatformBuild build = Plan.describe(inputs, asked.platform(), asked.gateway(), Observer.NOBODY);
        return List.of(Notes.json(Steps.json(build.definition())), Notes.version(this));
    }
}

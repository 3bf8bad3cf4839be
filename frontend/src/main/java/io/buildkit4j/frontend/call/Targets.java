package io.buildkit4j.frontend.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.Described.Note;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.InstructionReader;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which stages a file has. */
final class Targets implements Call {
    @Override
    public Announced announced() {
        return new Announced(
                "frontend.targets",
                "1.0.0",
                "List all targets current build supports",
                Optional.of(List.of()),
                List.of("result.json", "result.txt"));
    }

    @Override
    public List<Note> answer(Asked asked) {
        List<Instruction.From> stages = new ArrayList<>();
        DockerfileSyntax.Parsed parsed = asked.parsed();
        for (Statement statement : parsed.statements()) {
            if (InstructionReader.read(statement, parsed.escape()) instanceof Instruction.From from) {
                stages.add(from);
            }
        }
        JsonArray targets = new JsonArray();
        Columns text = new Columns(1).row("TARGET", "DESCRIPTION");
        for (int i = 0; i < stages.size(); i++) {
            Instruction.From from = stages.get(i);
            boolean last = i == stages.size() - 1;
            String name = from.name().orElse("");
            String description = Notes.description(from.statement().margin().comments(), name);
            JsonObject target = new JsonObject();
            Notes.add(target, "name", name);
            if (last) {
                target.addProperty("default", true);
            }
            Notes.add(target, "description", description);
            Notes.add(target, "base", from.image());
            Notes.add(target, "platform", from.platform().orElse(""));
            target.add("location", Notes.location(from.statement().place()));
            targets.add(target);
            text.row((name + (last ? " (default)" : "")).strip(), description);
        }
        JsonObject json = new JsonObject();
        json.add("targets", targets);
        json.add("sources", Notes.sources(asked.text()));
        return List.of(Notes.json(json), Notes.text(text.text()), Notes.version(this));
    }
}

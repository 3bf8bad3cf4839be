package io.buildkit4j.frontend.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.Described.Note;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import java.util.List;
import java.util.Optional;

/** Which arguments, secrets and agents a target takes. */
final class Outline implements Call {
    @Override
    public Announced announced() {
        return new Announced(
                "frontend.outline",
                "1.0.0",
                "List all parameters current build target supports",
                Optional.of(List.of(new Named("target", "Target build stage"))),
                List.of("result.json", "result.txt"));
    }

    @Override
    public List<Note> answer(Asked asked) throws InterruptedException {
        DockerfileSyntax.Parsed parsed = asked.parsed();
        Parameters parameters = new Parameters(asked.options(), parsed);
        Plan.describe(asked.inputs(parsed, List.of()), asked.platform(), asked.gateway(), parameters);
        Stage target = parameters.target();
        String name = target.name().orElse("");
        String description =
                Notes.description(target.from().statement().margin().comments(), name);
        JsonObject json = new JsonObject();
        Notes.add(json, "name", name);
        Notes.add(json, "description", description);
        Notes.add(json, "args", arguments(parameters.arguments()));
        Notes.add(json, "secrets", grants(parameters.secrets()));
        Notes.add(json, "ssh", grants(parameters.agents()));
        json.add("sources", Notes.sources(asked.text()));
        return List.of(Notes.json(json), Notes.text(text(name, description, parameters)), Notes.version(this));
    }

    private static JsonArray arguments(List<Parameters.Argument> arguments) {
        JsonArray json = new JsonArray();
        for (Parameters.Argument argument : arguments) {
            JsonObject one = new JsonObject();
            one.addProperty("name", argument.name());
            Notes.add(one, "description", argument.description());
            Notes.add(one, "value", argument.value());
            one.add("location", Notes.location(argument.statement().place()));
            json.add(one);
        }
        return json;
    }

    private static JsonArray grants(List<Parameters.Grant> grants) {
        JsonArray json = new JsonArray();
        for (Parameters.Grant grant : grants) {
            JsonObject one = new JsonObject();
            one.addProperty("name", grant.name());
            if (grant.required()) {
                one.addProperty("required", true);
            }
            one.add("location", Notes.location(grant.statement().place()));
            json.add(one);
        }
        return json;
    }

    private static String text(String name, String description, Parameters parameters) {
        StringBuilder text = new StringBuilder();
        if (!name.isEmpty() || !description.isEmpty()) {
            Columns head = new Columns(1).row("TARGET:", name);
            if (!description.isEmpty()) {
                head.row("DESCRIPTION:", description);
            }
            text.append(head.text()).append('\n');
        }
        if (!parameters.arguments().isEmpty()) {
            Columns table = new Columns(3).row("BUILD ARG", "VALUE", "DESCRIPTION");
            parameters.arguments().forEach(each -> table.row(each.name(), each.value(), each.description()));
            text.append(table.text()).append('\n');
        }
        return text + grants("SECRET", parameters.secrets()) + grants("SSH", parameters.agents());
    }

    private static String grants(String title, List<Parameters.Grant> grants) {
        Columns table = new Columns(3).row(title, "REQUIRED");
        grants.forEach(each -> table.row(each.name(), each.required() ? "true" : ""));
        return grants.isEmpty() ? "" : table.text() + "\n";
    }
}

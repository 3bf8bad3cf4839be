package io.buildkit4j.frontend.explain;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.check.Finding;
import io.buildkit4j.frontend.explain.Account.Need;
import io.buildkit4j.frontend.explain.Account.Step;
import io.buildkit4j.frontend.explain.Account.Told;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.syntax.SourceLines;
import io.buildkit4j.llb.SourceMap;
import java.util.Collection;
import java.util.Locale;

/** An account as JSON. Lines count from 1 and columns from 0, as in editors; ends are excluded. */
final class AccountJson {
    private static final Gson JSON =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private final Account account;
    private final SourceLines lines;

    AccountJson(Account account, String text) {
        this.account = account;
        this.lines = new SourceLines(text);
    }

    String write() {
        JsonObject json = new JsonObject();
        json.addProperty("file", account.file());
        JsonArray stages = new JsonArray();
        account.stages().forEach(told -> stages.add(stage(told)));
        json.add("stages", stages);
        JsonArray findings = new JsonArray();
        account.findings().forEach(finding -> findings.add(finding(finding)));
        json.add("findings", findings);
        return JSON.toJson(json) + "\n";
    }

    private JsonObject stage(Told told) {
        Stage stage = told.stage();
        JsonObject json = new JsonObject();
        json.addProperty("index", stage.index());
        stage.name().ifPresent(name -> json.addProperty("name", name));
        json.addProperty("base", stage.image());
        stage.parent().ifPresent(parent -> json.addProperty("baseStage", parent));
        json.addProperty("target", stage.index() == account.target());
        json.addProperty("needed", account.needed().contains(stage.index()));
        var place = stage.from().statement().place();
        json.add("range", range(lines.range(place.first(), place.last())));
        JsonArray steps = new JsonArray();
        told.steps().forEach(step -> steps.add(step(step)));
        json.add("steps", steps);
        return json;
    }

    private JsonObject step(Step step) {
        var statement = step.instruction().statement();
        JsonObject json = new JsonObject();
        json.addProperty("instruction", statement.keyword());
        json.addProperty("text", statement.original());
        json.addProperty("expanded", step.expanded());
        json.add(
                "range",
                range(lines.range(statement.place().first(), statement.place().last())));
        JsonArray needs = new JsonArray();
        for (Need need : step.needs()) {
            JsonObject one = new JsonObject();
            one.addProperty("kind", need.kind().name().toLowerCase(Locale.ROOT));
            one.addProperty("name", need.name());
            need.stage().ifPresent(index -> one.addProperty("stage", index));
            one.add("paths", texts(need.paths()));
            needs.add(one);
        }
        json.add("needs", needs);
        json.add("arguments", texts(step.arguments()));
        return json;
    }

    private JsonObject finding(Finding finding) {
        JsonObject json = new JsonObject();
        json.addProperty("rule", finding.rule().name());
        json.addProperty("message", finding.message());
        json.addProperty("url", finding.rule().url());
        json.add("range", range(finding.range(lines)));
        return json;
    }

    private static JsonArray texts(Collection<String> texts) {
        JsonArray json = new JsonArray();
        texts.forEach(json::add);
        return json;
    }

    private static JsonObject range(SourceMap.Range range) {
        JsonObject json = new JsonObject();
        json.add("start", position(range.startLine(), range.startCharacter()));
        json.add("end", position(range.endLine(), range.endCharacter()));
        return json;
    }

    private static JsonObject position(int line, int column) {
        JsonObject json = new JsonObject();
        json.addProperty("line", line);
        json.addProperty("column", column);
        return json;
    }
}

package io.buildkit4j.buildctl.explain;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.client.Explanation;
import io.buildkit4j.client.Explanation.Cause;
import io.buildkit4j.client.Explanation.Step;
import java.time.Duration;
import java.util.Locale;

/** An explanation as one JSON object. What is not known is left out; times are RFC 3339, durations seconds. */
public final class ExplanationJson {
    private ExplanationJson() {}

    /** The text, in several lines. */
    public static String write(Explanation explanation) {
        Gson gson = new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();
        JsonObject json = new JsonObject();
        json.addProperty("ref", explanation.reference());
        json.addProperty("created", explanation.created().toString());
        if (!explanation.previous().isEmpty()) {
            json.addProperty("previous_ref", explanation.previous());
        }
        explanation.previousCreated().ifPresent(time -> json.addProperty("previous_created", time.toString()));
        JsonArray steps = new JsonArray();
        explanation.steps().forEach(step -> steps.add(step(step)));
        json.add("steps", steps);
        return gson.toJson(json);
    }

    private static JsonObject step(Step step) {
        JsonObject json = new JsonObject();
        json.addProperty("vertex", step.vertex().toString());
        json.addProperty("name", step.name());
        json.addProperty("verdict", step.verdict().name().toLowerCase(Locale.ROOT));
        json.addProperty("hit", step.verdict().isHit());
        json.addProperty("internal", step.internal());
        json.addProperty("work", step.work());
        given(json, "key", step.key());
        step.cause().ifPresent(cause -> json.add("cause", cause(cause)));
        if (!step.took().isZero()) {
            json.addProperty("took_seconds", seconds(step.took()));
        }
        step.expected().ifPresent(expected -> json.addProperty("expected_seconds", seconds(expected)));
        JsonArray inputs = new JsonArray();
        step.inputs().forEach(input -> inputs.add(input.toString()));
        json.add("inputs", inputs);
        JsonArray ingredients = new JsonArray();
        step.ingredients().forEach(part -> {
            JsonObject one = new JsonObject();
            one.addProperty("name", part.name());
            one.addProperty("value", part.value());
            ingredients.add(one);
        });
        json.add("ingredients", ingredients);
        return json;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void given(JsonObject json, String name, String value) {
        if (!value.isEmpty()) {
            json.addProperty(name, value);
        }
    }

    private static JsonObject cause(Cause cause) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", cause.kind().toLowerCase(Locale.ROOT));
        json.addProperty("summary", cause.summary());
        json.addProperty("vertex", cause.vertex().toString());
        json.addProperty("step", cause.step());
        given(json, "subject", cause.subject());
        given(json, "before", cause.before());
        given(json, "after", cause.after());
        cause.time().ifPresent(time -> json.addProperty("time", time.toString()));
        if (cause.filesChanged() > 0) {
            json.addProperty("files_changed", cause.filesChanged());
            json.addProperty("files_total", cause.filesTotal());
            JsonArray files = new JsonArray();
            cause.files().forEach(file -> {
                JsonObject one = new JsonObject();
                one.addProperty("path", file.path());
                one.addProperty("change", file.kind().toLowerCase(Locale.ROOT));
                given(one, "before", file.before());
                given(one, "after", file.after());
                files.add(one);
            });
            json.add("files", files);
        }
        return json;
    }
}

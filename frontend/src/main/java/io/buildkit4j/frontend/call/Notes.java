package io.buildkit4j.frontend.call;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.Described.Note;
import io.buildkit4j.frontend.DockerfileFault.Place;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Answers in the shapes that clients read. */
final class Notes {
    private static final Gson JSON = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .setPrettyPrinting()
            .create();

    private Notes() {}

    static Note json(JsonElement value) {
        return new Note("result.json", JSON.toJson(value));
    }

    static Note text(String text) {
        return new Note("result.txt", text);
    }

    static Note version(Call call) {
        return new Note("version", call.announced().version());
    }

    static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static JsonArray sources(String text) {
        JsonArray sources = new JsonArray();
        sources.add(encoded(text));
        return sources;
    }

    static JsonObject location(Place place) {
        return location(place.first(), place.last());
    }

    /** Whole lines, each a range of its own. */
    static JsonObject location(int first, int last) {
        JsonArray ranges = new JsonArray();
        for (int line = first; line <= last; line++) {
            JsonObject position = new JsonObject();
            position.addProperty("line", line);
            JsonObject range = new JsonObject();
            range.add("start", position);
            range.add("end", position);
            ranges.add(range);
        }
        JsonObject location = new JsonObject();
        location.add("ranges", ranges);
        return location;
    }

    /** A member that is left out where there is nothing to say. */
    static void add(JsonObject object, String name, String value) {
        if (!value.isEmpty()) {
            object.addProperty(name, value);
        }
    }

    static void add(JsonObject object, String name, JsonArray values) {
        if (!values.isEmpty()) {
            object.add(name, values);
        }
    }

    /** What a comment says of a name: the rest of the first line that begins with it. */
    static String description(List<String> comments, String name) {
        return comments.stream()
                .filter(comment -> !name.isEmpty() && comment.startsWith(name + " "))
                .map(comment -> comment.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }
}

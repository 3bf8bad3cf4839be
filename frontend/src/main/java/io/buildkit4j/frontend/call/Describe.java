package io.buildkit4j.frontend.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.Described.Note;
import java.util.List;
import java.util.Optional;

/** Which calls there are. */
final class Describe implements Call {
    @Override
    public Announced announced() {
        return new Announced(
                "frontend.subrequests.describe",
                "1.0.0",
                "List available subrequest types",
                Optional.empty(),
                List.of("result.json", "result.txt"));
    }

    @Override
    public List<Note> answer(Asked asked) {
        JsonArray json = new JsonArray();
        Columns text = new Columns(1).row("NAME", "VERSION", "DESCRIPTION");
        for (Call call : Calls.all()) {
            Announced announced = call.announced();
            json.add(json(announced));
            String name = announced.name().replaceFirst("^frontend\\.", "");
            text.row(name, announced.version(), announced.description());
        }
        return List.of(Notes.json(json), Notes.text(text.text()), Notes.version(this));
    }

    private static JsonObject json(Announced announced) {
        JsonObject json = new JsonObject();
        json.addProperty("name", announced.name());
        json.addProperty("version", announced.version());
        json.addProperty("type", "rpc");
        json.addProperty("description", announced.description());
        json.add("opts", JsonNull.INSTANCE);
        announced.options().ifPresent(options -> {
            JsonArray all = new JsonArray();
            options.forEach(option -> all.add(named(option)));
            json.add("opts", all);
        });
        json.add("inputs", JsonNull.INSTANCE);
        JsonArray notes = new JsonArray();
        announced.notes().forEach(note -> notes.add(named(new Named(note, ""))));
        json.add("metadata", notes);
        json.add("refs", JsonNull.INSTANCE);
        return json;
    }

    private static JsonObject named(Named named) {
        JsonObject json = new JsonObject();
        json.addProperty("name", named.name());
        json.addProperty("description", named.description());
        return json;
    }
}

package io.buildkit4j.frontend.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Dump;
import io.buildkit4j.llb.SourceMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A definition as one object: steps, what is said of them and where they are written, each by the step's digest. */
final class Steps {
    private Steps() {}

    static JsonObject json(Definition definition) {
        JsonObject steps = new JsonObject();
        JsonObject metadata = new JsonObject();
        Dump.jsonLines(definition).lines().forEach(line -> {
            JsonObject step = JsonParser.parseString(line).getAsJsonObject();
            String digest = step.get("Digest").getAsString();
            steps.add(digest, flat(step.getAsJsonObject("Op")));
            metadata.add(digest, step.get("OpMetadata"));
        });
        JsonObject json = new JsonObject();
        json.add("def", steps);
        json.add("metadata", metadata);
        json.add("source", source(definition.sources()));
        return json;
    }

    /** The kind of a step stands beside its inputs, and what is the default is not said. */
    private static JsonObject flat(JsonObject op) {
        JsonObject json = new JsonObject();
        for (String name : op.keySet()) {
            JsonElement value = op.get(name);
            if (name.equals("Op")) {
                value.getAsJsonObject().entrySet().forEach(kind -> json.add(kind.getKey(), kind.getValue()));
            } else {
                json.add(name, value);
            }
        }
        return json;
    }

    private static JsonObject source(SourceMap map) {
        JsonObject locations = new JsonObject();
        map.locations().forEach((digest, places) -> {
            JsonArray all = new JsonArray();
            for (SourceMap.Location place : places) {
                JsonObject one = new JsonObject();
                JsonArray ranges = new JsonArray();
                for (SourceMap.Range range : place.ranges()) {
                    ranges.addAll(
                            Notes.location(range.startLine(), range.endLine()).getAsJsonArray("ranges"));
                }
                one.add("ranges", ranges);
                all.add(one);
            }
            JsonObject found = new JsonObject();
            found.add("locations", all);
            locations.add(digest.toString(), found);
        });
        JsonArray files = new JsonArray();
        for (SourceMap.SourceFile file : map.files()) {
            JsonObject info = new JsonObject();
            info.addProperty("filename", file.name());
            byte[] bytes = StandardCharsets.UTF_8.decode(file.data()).toString().getBytes(StandardCharsets.UTF_8);
            info.addProperty("data", Base64.getEncoder().encodeToString(bytes));
            info.addProperty("language", file.language());
            files.add(info);
        }
        JsonObject json = new JsonObject();
        json.add("locations", locations);
        json.add("infos", files);
        return json;
    }
}

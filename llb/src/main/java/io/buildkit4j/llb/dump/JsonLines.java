package io.buildkit4j.llb.dump;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.llb.OpMetadata;
import java.util.List;

/** A definition as JSON, one step a line; names as on the wire, defaults left out. */
public final class JsonLines {
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private JsonLines() {}

    /** All entries, the terminal one last. */
    public static String write(Definition definition) {
        StringBuilder out = new StringBuilder();
        for (Definition.Entry entry : definition.entries()) {
            JsonObject line = new JsonObject();
            line.add("Op", op(entry));
            line.addProperty("Digest", entry.digest().toString());
            line.add("OpMetadata", metadata(definition.metadata(entry.digest())));
            out.append(JSON.toJson(line)).append('\n');
        }
        return out.toString();
    }

    /** As protobuf's JSON has it, where a choice is a field of its own and not an object around it. */
    public static JsonObject protoJson(Op op) {
        JsonObject json = inputs(op.inputs());
        JsonObject body = OpJson.write(op);
        body.entrySet().forEach(choice -> json.add(choice.getKey(), choice.getValue()));
        if (op instanceof Op.Exec) {
            // spelt as in the original's dumps, which is not how protobuf spells it
            body.getAsJsonObject("exec").getAsJsonObject("meta").remove("proxyEnv");
        }
        return json;
    }

    private static JsonObject inputs(List<OpInput> all) {
        JsonObject json = new JsonObject();
        JsonArray inputs = new JsonArray();
        for (OpInput input : all) {
            JsonObject one = new JsonObject();
            one.addProperty("digest", input.digest().toString());
            one.addProperty("index", input.index());
            inputs.add(one);
        }
        if (!inputs.isEmpty()) {
            json.add("inputs", inputs);
        }
        return json;
    }

    private static JsonObject op(Definition.Entry entry) {
        JsonObject json = inputs(entry.inputs());
        if (entry.isTerminal()) {
            return json;
        }
        Op op = entry.op();
        json.add("Op", OpJson.write(op));
        op.platform().ifPresent(platform -> {
            JsonObject named = new JsonObject();
            named.addProperty("Architecture", platform.architecture());
            named.addProperty("OS", platform.os());
            OpJson.put(named, "Variant", platform.variant());
            OpJson.put(named, "OSVersion", platform.osVersion());
            OpJson.put(named, "OSFeatures", platform.osFeatures());
            json.add("platform", named);
        });
        op.frame().constraints().ifPresent(filter -> {
            JsonObject constraints = new JsonObject();
            OpJson.put(constraints, "filter", filter);
            json.add("constraints", constraints);
        });
        return json;
    }

    private static JsonObject metadata(OpMetadata said) {
        JsonObject json = new JsonObject();
        OpJson.put(json, "ignore_cache", said.ignoreCache());
        json.add("description", attributes(said.description()));
        said.exportCache().ifPresent(value -> {
            JsonObject export = new JsonObject();
            export.addProperty("Value", value);
            json.add("export_cache", export);
        });
        JsonObject needed = new JsonObject();
        said.capabilities().forEach(needed::addProperty);
        json.add("caps", needed);
        said.progressGroup().ifPresent(group -> {
            JsonObject named = new JsonObject();
            named.addProperty("id", group.id());
            OpJson.put(named, "name", group.name());
            OpJson.put(named, "weak", group.weak());
            json.add("progress_group", named);
        });
        List.of("description", "caps").forEach(key -> {
            if (json.getAsJsonObject(key).isEmpty()) {
                json.remove(key);
            }
        });
        return json;
    }

    static JsonObject attributes(List<Attribute> attributes) {
        JsonObject json = new JsonObject();
        attributes.forEach(attribute -> json.addProperty(attribute.key(), attribute.value()));
        return json;
    }
}

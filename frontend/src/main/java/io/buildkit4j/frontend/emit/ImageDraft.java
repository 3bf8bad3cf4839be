package io.buildkit4j.frontend.emit;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** An image configuration that grows with its stage; fields that nobody here knows stay. */
final class ImageDraft {
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private final JsonObject root;

    private ImageDraft(JsonObject root) {
        this.root = root;
    }

    static ImageDraft scratch(Platform platform) {
        JsonObject root = new JsonObject();
        root.addProperty("architecture", platform.architecture());
        root.addProperty("os", platform.os());
        if (!platform.variant().isEmpty()) {
            root.addProperty("variant", platform.variant());
        }
        ImageDraft draft = new ImageDraft(root);
        draft.variable("PATH", DEFAULT_PATH);
        draft.config().addProperty("WorkingDir", "/");
        return draft;
    }

    static ImageDraft of(String json, String image) {
        try {
            JsonObject root = JsonParser.parseString(json).getAsJsonObject();
            root.remove("rootfs");
            root.remove("created");
            return new ImageDraft(root);
        } catch (JsonParseException | IllegalStateException broken) {
            throw new FrontendFault(Kind.INVALID_ARGUMENT, "the configuration of " + image + " is not JSON", broken);
        }
    }

    ImageDraft copy() {
        return new ImageDraft(root.deepCopy());
    }

    /** What the image says that it was made for, if it says. */
    Optional<Platform> platform() {
        String os = member("os");
        String architecture = member("architecture");
        return os.isEmpty() || architecture.isEmpty()
                ? Optional.empty()
                : Optional.of(Platform.of(os, architecture, member("variant")));
    }

    private String member(String name) {
        JsonElement found = root.get(name);
        return found != null && found.isJsonPrimitive() ? found.getAsString() : "";
    }

    JsonObject config() {
        if (!root.has("config") || !root.get("config").isJsonObject()) {
            root.add("config", new JsonObject());
        }
        return root.getAsJsonObject("config");
    }

    List<String> texts(String key) {
        JsonElement found = config().get(key);
        List<String> texts = new ArrayList<>();
        if (found != null && found.isJsonArray()) {
            found.getAsJsonArray().forEach(element -> texts.add(element.getAsString()));
        }
        return texts;
    }

    void texts(String key, List<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        config().add(key, array);
    }

    Optional<String> text(String key) {
        JsonElement found = config().get(key);
        return found != null && found.isJsonPrimitive() ? Optional.of(found.getAsString()) : Optional.empty();
    }

    void variable(String name, String value) {
        List<String> variables = texts("Env");
        String set = name + "=" + value;
        int at = 0;
        while (at < variables.size() && !variables.get(at).startsWith(name + "=")) {
            at++;
        }
        if (at < variables.size()) {
            variables.set(at, set);
        } else {
            variables.add(set);
        }
        texts("Env", variables);
    }

    /** Adds to an object whose keys are a set, such as ExposedPorts. */
    void member(String key, String member) {
        sorted(key, member, new JsonObject());
    }

    void label(String name, String value) {
        sorted("Labels", name, new com.google.gson.JsonPrimitive(value));
    }

    private void sorted(String key, String member, JsonElement value) {
        TreeMap<String, JsonElement> members = new TreeMap<>();
        if (config().has(key) && config().get(key).isJsonObject()) {
            config().getAsJsonObject(key).entrySet().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
        }
        members.put(member, value);
        JsonObject rebuilt = new JsonObject();
        members.forEach(rebuilt::add);
        config().add(key, rebuilt);
    }

    void history(String createdBy, boolean layer) {
        if (!root.has("history") || !root.get("history").isJsonArray()) {
            root.add("history", new JsonArray());
        }
        JsonObject entry = new JsonObject();
        entry.addProperty("created_by", layer ? createdBy + " # buildkit" : createdBy);
        entry.addProperty("comment", "buildkit.dockerfile.v0");
        if (!layer) {
            entry.addProperty("empty_layer", true);
        }
        root.getAsJsonArray("history").add(entry);
    }

    void author(String name) {
        root.addProperty("author", name);
    }

    String json() {
        return JSON.toJson(root);
    }
}

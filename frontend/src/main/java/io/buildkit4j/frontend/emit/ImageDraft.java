package io.buildkit4j.frontend.emit;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.image.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** An image configuration that grows with its stage; fields that nobody here knows stay. */
final class ImageDraft {
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private final JsonObject root;
    private final boolean emptyTree;

    /** Where each variable stands in the list of all. */
    private final Map<String, Integer> variables = new HashMap<>();

    /** Objects of the configuration that are sorted when they are complete. */
    private final Set<String> unsorted = new HashSet<>();

    private ImageDraft(JsonObject root, ImageDraft original) {
        this.root = root;
        this.emptyTree = original.emptyTree;
        variables.putAll(original.variables);
        unsorted.addAll(original.unsorted);
    }

    private ImageDraft(JsonObject root, boolean emptyTree) {
        this.root = root;
        this.emptyTree = emptyTree;
        if (root.get("config") instanceof JsonObject config && config.get("Env") instanceof JsonArray all) {
            for (int place = 0; place < all.size(); place++) {
                variables.putIfAbsent(name(all.get(place).getAsString()), place);
            }
        }
    }

    private static String name(String variable) {
        int equals = variable.indexOf('=');
        return equals < 0 ? "" : variable.substring(0, equals);
    }

    /** Of an image that says nothing but its platform. */
    static ImageDraft empty(Platform platform) {
        ImageDraft draft = new ImageDraft(new JsonObject(), true);
        draft.platform(platform);
        return draft;
    }

    static ImageDraft scratch(Platform platform) {
        ImageDraft draft = empty(platform);
        draft.path();
        draft.config().addProperty("WorkingDir", "/");
        return draft;
    }

    /** Windows knows its own. */
    void path() {
        if (!variables.containsKey("PATH") && !member("os").equals("windows")) {
            variable("PATH", DEFAULT_PATH);
        }
    }

    static ImageDraft of(String json, String image) {
        try {
            JsonObject root = JsonParser.parseString(json).getAsJsonObject();
            boolean empty = hasNoLayers(root);
            root.remove("rootfs");
            root.remove("created");
            return new ImageDraft(root, empty);
        } catch (JsonParseException | IllegalStateException broken) {
            throw new FrontendFault(Kind.INVALID_ARGUMENT, "the configuration of " + image + " is not JSON", broken);
        }
    }

    /** Old images do not list their layers; their history does. */
    private static boolean hasNoLayers(JsonObject root) {
        if (!root.has("rootfs") || !root.get("rootfs").isJsonObject()) {
            return false;
        }
        JsonElement layers = root.getAsJsonObject("rootfs").get("diff_ids");
        boolean none = layers == null
                || !layers.isJsonArray()
                || layers.getAsJsonArray().isEmpty();
        JsonElement history = root.get("history");
        boolean told = false;
        if (history != null && history.isJsonArray()) {
            for (JsonElement entry : history.getAsJsonArray()) {
                JsonElement blank = entry.getAsJsonObject().get("empty_layer");
                told |= blank == null || !blank.getAsBoolean();
            }
        }
        return none && !told;
    }

    boolean isEmptyTree() {
        return emptyTree;
    }

    ImageDraft copy() {
        JsonObject other = new JsonObject();
        root.entrySet().forEach(entry -> other.add(entry.getKey(), entry.getValue()));
        if (root.get("config") instanceof JsonObject config) {
            other.add("config", config.deepCopy());
        }
        if (root.get("history") instanceof JsonArray entries) {
            JsonArray same = new JsonArray(entries.size());
            entries.forEach(same::add); // entries never change
            other.add("history", same);
        }
        return new ImageDraft(other, this);
    }

    /** Says that it is made for that, whatever its base was made for. */
    void platform(Platform platform) {
        boolean same =
                member("os").equals(platform.os()) && member("architecture").equals(platform.architecture());
        root.addProperty("architecture", platform.architecture());
        root.addProperty("os", platform.os());
        part("variant", platform.variant(), same);
        part("os.version", platform.osVersion(), same);
    }

    private void part(String name, String text, boolean keep) {
        if (!text.isEmpty()) {
            root.addProperty(name, text);
        } else if (!keep) {
            root.remove(name);
        }
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

    /** Tells each variable and its value, in order. */
    void variables(BiConsumer<String, String> reader) {
        for (String variable : texts("Env")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                reader.accept(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
    }

    void texts(String key, List<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        config().add(key, array);
    }

    void append(String key, String value) {
        if (!(config().get(key) instanceof JsonArray)) {
            config().add(key, new JsonArray());
        }
        config().getAsJsonArray(key).add(value);
    }

    Optional<String> text(String key) {
        JsonElement found = config().get(key);
        return found != null && found.isJsonPrimitive() ? Optional.of(found.getAsString()) : Optional.empty();
    }

    void variable(String name, String value) {
        JsonElement found = config().get("Env");
        JsonArray all = found instanceof JsonArray known ? known : new JsonArray();
        Integer place = variables.putIfAbsent(name, all.size());
        JsonPrimitive text = new JsonPrimitive(name + "=" + value);
        if (place == null) {
            all.add(text);
        } else {
            all.set(place, text);
        }
        config().add("Env", all);
    }

    /** Adds to an object whose keys are a set, such as ExposedPorts. */
    void member(String key, String member) {
        put(key, member, new JsonObject());
    }

    void label(String name, String value) {
        put("Labels", name, new JsonPrimitive(value));
    }

    private void put(String key, String member, JsonElement value) {
        if (!(config().get(key) instanceof JsonObject)) {
            config().add(key, new JsonObject());
        }
        config().getAsJsonObject(key).add(member, value);
        unsorted.add(key);
    }

    private void sort(String key) {
        TreeMap<String, JsonElement> members =
                new TreeMap<>(config().getAsJsonObject(key).asMap());
        JsonObject rebuilt = new JsonObject();
        members.forEach(rebuilt::add);
        config().add(key, rebuilt);
    }

    /** The text as it is to be read; a layer is what the step may have made. */
    void history(String createdBy, boolean layer, Optional<Instant> created) {
        if (!root.has("history") || !root.get("history").isJsonArray()) {
            root.add("history", new JsonArray());
        }
        JsonObject entry = new JsonObject();
        created.ifPresent(time -> entry.addProperty("created", time.toString()));
        entry.addProperty("created_by", createdBy);
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
        unsorted.forEach(this::sort);
        return JSON.toJson(root);
    }
}

package io.buildkit4j.image;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON documents of images, by the project's rules: fields in the order in which they were put, no escapes for HTML, no
 * blanks; what is not as expected is an {@link ImageFault} that names the field. Go writes null for an empty list or map, so
 * null is taken as absent.
 */
public final class Json {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private Json() {}

    /** Reads a document that is one object. */
    public static JsonObject parse(byte[] document, String what) {
        try {
            JsonElement element = JsonParser.parseString(new String(document, StandardCharsets.UTF_8));
            if (element.isJsonObject()) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException | StackOverflowError bad) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, what + " is not JSON: " + bad.getMessage(), bad);
        }
        throw new ImageFault(Kind.INVALID_ARGUMENT, what + " is not a JSON object");
    }

    /** Writes a document; equal trees give equal bytes. */
    public static byte[] bytes(JsonElement json) {
        return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
    }

    static Optional<JsonElement> member(JsonObject json, String field) {
        return Optional.ofNullable(json.get(field)).filter(value -> !value.isJsonNull());
    }

    static Optional<JsonObject> object(JsonObject json, String field) {
        return member(json, field).map(value -> {
            expect(value.isJsonObject(), field, "an object");
            return value.getAsJsonObject();
        });
    }

    static Optional<JsonArray> array(JsonObject json, String field) {
        return member(json, field).map(value -> {
            expect(value.isJsonArray(), field, "a list");
            return value.getAsJsonArray();
        });
    }

    static List<JsonObject> objects(JsonObject json, String field) {
        List<JsonObject> all = new ArrayList<>();
        for (JsonElement value : array(json, field).orElseGet(JsonArray::new)) {
            expect(value.isJsonObject(), field, "a list of objects");
            all.add(value.getAsJsonObject());
        }
        return all;
    }

    static Optional<String> optionalText(JsonObject json, String field) {
        return member(json, field).map(value -> text(value, field));
    }

    /** Empty when it is absent. */
    static String text(JsonObject json, String field) {
        return optionalText(json, field).orElse("");
    }

    private static String text(JsonElement value, String field) {
        expect(value.isJsonPrimitive() && value.getAsJsonPrimitive().isString(), field, "a text");
        return value.getAsString();
    }

    static boolean flag(JsonObject json, String field) {
        return member(json, field)
                .map(value -> {
                    expect(value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean(), field, "true or false");
                    return value.getAsBoolean();
                })
                .orElse(false);
    }

    /** 0 when it is absent. */
    static long number(JsonObject json, String field) {
        return member(json, field)
                .map(value -> {
                    expect(value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber(), field, "a number");
                    try {
                        return value.getAsBigDecimal().longValueExact();
                    } catch (ArithmeticException | NumberFormatException bad) {
                        throw new ImageFault(
                                Kind.INVALID_ARGUMENT, "the field \"" + field + "\" is not a whole number", bad);
                    }
                })
                .orElse(0L);
    }

    static Optional<List<String>> optionalTexts(JsonObject json, String field) {
        return array(json, field).map(values -> {
            List<String> all = new ArrayList<>();
            values.forEach(value -> all.add(text(value, field)));
            return all;
        });
    }

    static List<String> texts(JsonObject json, String field) {
        return optionalTexts(json, field).orElseGet(List::of);
    }

    static Map<String, String> textMap(JsonObject json, String field) {
        Map<String, String> all = new LinkedHashMap<>();
        object(json, field)
                .ifPresent(map ->
                        map.entrySet().forEach(entry -> all.put(entry.getKey(), text(entry.getValue(), field))));
        return all;
    }

    static JsonArray of(List<String> texts) {
        JsonArray json = new JsonArray();
        texts.forEach(json::add);
        return json;
    }

    static JsonObject of(Map<String, String> texts) {
        JsonObject json = new JsonObject();
        texts.forEach(json::addProperty);
        return json;
    }

    private static void expect(boolean fulfilled, String field, String what) {
        if (!fulfilled) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "the field \"" + field + "\" is not " + what);
        }
    }
}

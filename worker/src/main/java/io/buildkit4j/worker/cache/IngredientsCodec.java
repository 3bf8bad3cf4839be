package io.buildkit4j.worker.cache;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.solver.Ingredients;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ingredients as a JSON array of names and values in turn. */
final class IngredientsCodec {
    private IngredientsCodec() {}

    static byte[] write(Ingredients ingredients) {
        JsonArray array = new JsonArray();
        for (Ingredients.Part part : ingredients.parts()) {
            array.add(part.name());
            array.add(part.value());
        }
        return array.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing when it makes no sense. */
    static Optional<Ingredients> read(byte[] value) {
        try {
            List<JsonElement> texts = JsonParser.parseString(new String(value, StandardCharsets.UTF_8))
                    .getAsJsonArray()
                    .asList();
            if (texts.size() % 2 != 0) {
                return Optional.empty();
            }
            List<Ingredients.Part> parts = new ArrayList<>();
            for (int i = 0; i < texts.size(); i += 2) {
                parts.add(new Ingredients.Part(
                        texts.get(i).getAsString(), texts.get(i + 1).getAsString()));
            }
            return Optional.of(new Ingredients(parts));
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException damaged) {
            return Optional.empty();
        }
    }
}

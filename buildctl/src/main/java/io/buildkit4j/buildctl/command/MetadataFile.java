package io.buildkit4j.buildctl.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** What a build answered as a file of JSON, for scripts: {@code --metadata-file}. It appears when it is complete. */
final class MetadataFile {
    private static final Gson JSON =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private MetadataFile() {}

    static void write(Arguments arguments, Map<String, String> answer) {
        if (arguments.text("metadata-file").isEmpty()) {
            return;
        }
        Path file = Path.of(arguments.text("metadata-file").get());
        JsonObject json = new JsonObject();
        new TreeMap<>(answer).forEach((name, value) -> json.add(name, unpacked(value)));
        try {
            Path folder = file.toAbsolutePath().getParent();
            Path aside = Files.createTempFile(folder == null ? Path.of("/") : folder, ".metadata", ".new");
            try {
                Files.writeString(aside, JSON.toJson(json));
                Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException failed) {
            throw new UsageFault("--metadata-file " + file + " cannot be written: " + failed.getMessage());
        }
    }

    /** Objects travel as JSON in base64, other values as they are. */
    private static JsonElement unpacked(String value) {
        try {
            String text = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
            JsonElement packed = text.startsWith("{") ? JsonParser.parseString(text) : new JsonObject();
            if (packed.isJsonObject() && !packed.getAsJsonObject().isEmpty()) {
                return packed;
            }
        } catch (IllegalArgumentException | JsonParseException plain) {
            // it is no packed object
        }
        return new JsonPrimitive(value);
    }
}

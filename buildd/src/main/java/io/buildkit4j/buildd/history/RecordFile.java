package io.buildkit4j.buildd.history;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.FaultDetail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A record as a JSON file. It is written aside and renamed; one that cannot be read is absent. */
final class RecordFile {
    private RecordFile() {}

    static void write(Path file, BuildRecord record) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("ref", record.ref());
        json.addProperty("frontend", record.frontend());
        json.add("options", settings(record.options()));
        JsonArray exporters = new JsonArray();
        record.exporters().forEach(exporters::add);
        json.add("exporters", exporters);
        json.addProperty("created", record.created().toString());
        record.completed().ifPresent(time -> json.addProperty("completed", time.toString()));
        json.addProperty("error", record.error());
        json.add("response", settings(record.response()));
        json.addProperty("kind", record.kind().name());
        json.add("details", details(record.details()));
        json.addProperty("steps", record.counts().total());
        json.addProperty("cachedSteps", record.counts().cached());
        json.addProperty("completedSteps", record.counts().completed());
        json.addProperty("warnings", record.counts().warnings());
        json.addProperty("internal", record.internal());
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(aside, json.toString());
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Optional<BuildRecord> read(Path file) {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            List<String> exporters = new ArrayList<>();
            json.getAsJsonArray("exporters").forEach(name -> exporters.add(name.getAsString()));
            return Optional.of(new BuildRecord(
                    json.get("ref").getAsString(),
                    json.get("frontend").getAsString(),
                    settings(json.getAsJsonObject("options")),
                    exporters,
                    Instant.parse(json.get("created").getAsString()),
                    Optional.ofNullable(json.get("completed"))
                            .map(JsonElement::getAsString)
                            .map(Instant::parse),
                    json.get("error").getAsString(),
                    settings(json.getAsJsonObject("response")),
                    Kind.valueOf(json.has("kind") ? json.get("kind").getAsString() : "UNKNOWN"),
                    details(json),
                    new BuildRecord.Counts(
                            number(json, "steps"),
                            number(json, "cachedSteps"),
                            number(json, "completedSteps"),
                            number(json, "warnings")),
                    json.has("internal") && json.get("internal").getAsBoolean()));
        } catch (IOException
                | JsonParseException
                | DateTimeException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | NullPointerException damaged) {
            return Optional.empty();
        }
    }

    /** Records of earlier versions do not have all. */
    private static int number(JsonObject json, String name) {
        return json.has(name) ? json.get(name).getAsInt() : 0;
    }

    private static JsonArray details(List<FaultDetail> details) {
        JsonArray array = new JsonArray();
        for (FaultDetail detail : details) {
            JsonObject json = new JsonObject();
            json.addProperty("type", detail.type());
            json.addProperty("value", detail.json());
            array.add(json);
        }
        return array;
    }

    /** Records of earlier versions have none. */
    private static List<FaultDetail> details(JsonObject json) {
        List<FaultDetail> details = new ArrayList<>();
        if (json.has("details")) {
            json.getAsJsonArray("details").forEach(element -> {
                JsonObject detail = element.getAsJsonObject();
                details.add(new FaultDetail(
                        detail.get("type").getAsString(), detail.get("value").getAsString()));
            });
        }
        return details;
    }

    private static JsonObject settings(List<Setting> settings) {
        JsonObject json = new JsonObject();
        settings.forEach(setting -> json.addProperty(setting.name(), setting.value()));
        return json;
    }

    private static List<Setting> settings(JsonObject json) {
        return json.entrySet().stream()
                .map(entry -> new Setting(entry.getKey(), entry.getValue().getAsString()))
                .toList();
    }
}

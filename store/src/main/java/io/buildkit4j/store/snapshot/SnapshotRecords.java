package io.buildkit4j.store.snapshot;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.RefDescription;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The durable form of snapshots: JSON, version 1. */
final class SnapshotRecords {
    private SnapshotRecords() {}

    /** A record that was read; its parents are only named. */
    record Stored(String id, Snapshot.Shape shape, List<String> parents, List<String> picked, Snapshot.Facts facts) {}

    static byte[] encode(Snapshot snapshot) {
        Snapshot.Facts facts = snapshot.facts();
        JsonObject json = new JsonObject();
        json.addProperty("shape", snapshot.shape.name());
        json.add("parents", ids(snapshot.parents));
        json.add("picked", ids(snapshot.picked));
        json.addProperty("text", facts.description().text());
        json.addProperty("type", facts.description().type().name());
        json.addProperty("created", facts.created().toString());
        facts.lastUsed().ifPresent(used -> json.addProperty("used", used.toString()));
        json.addProperty("uses", facts.uses());
        json.addProperty("size", facts.size());
        json.addProperty("seal", facts.seal());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonArray ids(List<Snapshot> snapshots) {
        JsonArray array = new JsonArray();
        snapshots.forEach(snapshot -> array.add(snapshot.id));
        return array;
    }

    /** The record, or nothing when it cannot be read. */
    static Optional<Stored> decode(String id, byte[] value) {
        try {
            JsonObject json = JsonParser.parseString(new String(value, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            RefDescription description = new RefDescription(
                    json.get("text").getAsString(),
                    RecordType.valueOf(json.get("type").getAsString()));
            Optional<Instant> used =
                    Optional.ofNullable(json.get("used")).map(time -> Instant.parse(time.getAsString()));
            Snapshot.Facts facts = new Snapshot.Facts(
                    description,
                    Instant.parse(json.get("created").getAsString()),
                    used,
                    json.get("uses").getAsLong(),
                    json.get("size").getAsLong(),
                    json.has("seal") ? json.get("seal").getAsLong() : Snapshot.UNSEALED);
            return Optional.of(new Stored(
                    id,
                    Snapshot.Shape.valueOf(json.get("shape").getAsString()),
                    texts(json.getAsJsonArray("parents")),
                    texts(json.getAsJsonArray("picked")),
                    facts));
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | NullPointerException
                | java.time.DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    private static List<String> texts(JsonArray array) {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array) {
            texts.add(element.getAsString());
        }
        return texts;
    }
}

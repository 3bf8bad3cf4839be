package io.buildkit4j.buildctl.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.client.SpaceInfo;
import io.buildkit4j.client.UsageInfo;

/** Where the disk has gone, as one JSON object: sizes in bytes, times as RFC 3339. */
record SpaceJson(SpaceInfo space) {
    String write(Kept kept) {
        JsonObject json = new JsonObject();
        json.addProperty("cap", space.cap());
        json.addProperty("used", space.used());
        json.addProperty("other", space.other());
        json.addProperty("disk_free", space.diskFree());
        json.addProperty("disk_size", space.diskSize());
        JsonArray next = new JsonArray();
        space.next().forEach(leaving -> kept.record(leaving.id()).ifPresent(record -> next.add(record(record, kept))));
        json.add("next", next);
        JsonArray staying = new JsonArray();
        kept.staying().forEach(record -> staying.add(record(record, kept)));
        json.add("staying", staying);
        return new GsonBuilder()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(json);
    }

    private static JsonObject record(UsageInfo record, Kept kept) {
        JsonObject json = new JsonObject();
        json.addProperty("id", record.id());
        json.addProperty("size", record.size());
        json.addProperty("type", record.recordType());
        json.addProperty("description", record.description());
        json.addProperty("created", record.created().toString());
        record.lastUsed().ifPresent(time -> json.addProperty("last_used", time.toString()));
        json.addProperty("why", kept.why(record));
        return json;
    }
}

package io.buildkit4j.buildctl.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.progress.Texts;
import io.buildkit4j.client.UsageInfo;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Shows usage records: as a table, field by field, or as JSON. */
final class RecordDisplay {
    private static final String ROW = "%-72s%-16s%-12s%s%n";

    private final PrintStream out;

    RecordDisplay(PrintStream out) {
        this.out = out;
    }

    /** As the format says: {@code json}, or the original's {@code {{json .}}}. */
    void formatted(String format, List<UsageInfo> records) {
        if (!format.replace(" ", "").equals("{{json.}}") && !format.equals("json")) {
            throw new UsageFault("--format takes json or {{json .}}, not " + format);
        }
        JsonArray array = new JsonArray();
        records.forEach(record -> array.add(json(record)));
        Gson gson = new GsonBuilder().disableHtmlEscaping().create();
        out.println(gson.toJson(array));
    }

    private static JsonObject json(UsageInfo record) {
        JsonObject json = new JsonObject();
        json.addProperty("id", record.id());
        json.addProperty("mutable", record.mutable());
        json.addProperty("inUse", record.inUse());
        json.addProperty("size", record.size());
        json.addProperty("createdAt", record.created().toString());
        record.lastUsed().ifPresent(time -> json.addProperty("lastUsedAt", time.toString()));
        json.addProperty("usageCount", record.useCount());
        JsonArray parents = new JsonArray();
        record.parents().forEach(parents::add);
        json.add("parents", parents);
        json.addProperty("description", record.description());
        json.addProperty("recordType", record.recordType());
        json.addProperty("shared", record.shared());
        return json;
    }

    void heading() {
        out.printf(ROW, "ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED");
    }

    void row(UsageInfo record) {
        String id = record.id() + (record.mutable() ? "*" : "");
        String size = Texts.bytes(record.size()) + (record.shared() ? "*" : "");
        String used = record.lastUsed().map(RecordDisplay::ago).orElse("");
        out.printf(ROW, id, !record.inUse(), size, used);
    }

    static String ago(Instant time) {
        Duration past = Duration.between(time, Instant.now());
        if (past.toSeconds() < 60) {
            return Math.max(0, past.toSeconds()) + " seconds ago";
        }
        if (past.toMinutes() < 120) {
            return past.toMinutes() + " minutes ago";
        }
        return past.toHours() < 48 ? past.toHours() + " hours ago" : past.toDays() + " days ago";
    }

    void verbose(UsageInfo record) {
        field("ID", record.id());
        record.parents().forEach(parent -> field("Parent", parent));
        field("Created at", record.created().toString());
        field("Mutable", Boolean.toString(record.mutable()));
        field("Reclaimable", Boolean.toString(!record.inUse()));
        field("Shared", Boolean.toString(record.shared()));
        field("Size", Texts.bytes(record.size()));
        field("Description", record.description());
        field("Usage count", Long.toString(record.useCount()));
        record.lastUsed().ifPresent(time -> field("Last used", ago(time)));
        field("Type", record.recordType());
        out.println();
    }

    void total(long bytes) {
        out.printf("%-14s%s%n", "Total:", Texts.bytes(bytes));
    }

    private void field(String name, String value) {
        if (!value.isEmpty()) {
            out.printf("%-15s%s%n", name + ":", value);
        }
    }
}

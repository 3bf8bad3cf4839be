package io.buildkit4j.buildctl.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.client.DaemonInfo;
import io.buildkit4j.client.StorageRule;
import io.buildkit4j.client.WorkerInfo;
import io.buildkit4j.image.Platform;
import java.util.List;
import java.util.TreeMap;

/** Workers and daemons for scripts, in the field names of the original's client. */
final class WorkerJson {
    private WorkerJson() {}

    static String of(List<WorkerInfo> workers) {
        JsonArray array = new JsonArray();
        workers.forEach(worker -> array.add(worker(worker)));
        return new GsonBuilder().disableHtmlEscaping().create().toJson(array);
    }

    static String of(DaemonInfo daemon) {
        JsonObject version = new JsonObject();
        version.addProperty("package", daemon.name());
        version.addProperty("version", daemon.version());
        version.addProperty("revision", daemon.revision());
        JsonObject json = new JsonObject();
        json.add("buildkitVersion", version);
        return json.toString();
    }

    private static JsonObject worker(WorkerInfo worker) {
        JsonObject labels = new JsonObject();
        new TreeMap<>(worker.labels()).forEach(labels::addProperty);
        JsonArray platforms = new JsonArray();
        worker.platforms().forEach(platform -> platforms.add(platform(platform)));
        JsonArray rules = new JsonArray();
        worker.rules().forEach(rule -> rules.add(rule(rule)));
        JsonObject json = new JsonObject();
        json.addProperty("id", worker.id());
        json.add("labels", labels);
        json.add("platforms", platforms);
        json.add("gcPolicy", rules);
        return json;
    }

    private static JsonObject platform(Platform platform) {
        JsonObject json = new JsonObject();
        json.addProperty("architecture", platform.architecture());
        json.addProperty("os", platform.os());
        if (!platform.variant().isEmpty()) {
            json.addProperty("variant", platform.variant());
        }
        return json;
    }

    private static JsonObject rule(StorageRule rule) {
        JsonArray filters = new JsonArray();
        rule.filters().forEach(filters::add);
        JsonObject json = new JsonObject();
        json.addProperty("all", rule.all());
        json.add("filter", filters);
        json.addProperty("keepDuration", rule.keep().toNanos());
        json.addProperty("reservedSpace", rule.reserved());
        json.addProperty("maxUsedSpace", rule.maxUsed());
        json.addProperty("minFreeSpace", rule.minFree());
        return json;
    }
}

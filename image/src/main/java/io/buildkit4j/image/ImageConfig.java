package io.buildkit4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.buildkit4j.footing.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * An image's configuration: a typed view over its JSON document that keeps every field it does not know, in its place. See
 * the OCI image specification's configuration page; Docker's extra fields (Healthcheck, OnBuild, Shell, ArgsEscaped) are
 * those of its image specification v1.3. Never changes: each {@code with} answers another one.
 */
public final class ImageConfig {
    private static final String CONFIG = "config";

    private final JsonObject json;

    private ImageConfig(JsonObject json) {
        this.json = json;
    }

    /**
     * One step of how the image was made.
     *
     * @param emptyLayer it made no layer
     */
    public record History(
            Optional<Instant> created, String createdBy, String author, String comment, boolean emptyLayer) {}

    /**
     * How a container's health is probed. Absent durations mean the runtime's default.
     *
     * @param test {@code NONE}, {@code CMD} with arguments, or {@code CMD-SHELL} with one text
     * @param retries 0 means the runtime's default
     */
    public record Healthcheck(
            List<String> test,
            Optional<Duration> interval,
            Optional<Duration> timeout,
            Optional<Duration> startPeriod,
            Optional<Duration> startInterval,
            long retries) {
        /** Lists are copied. */
        public Healthcheck {
            test = List.copyOf(test);
        }
    }

    /**
     * Reads a document.
     *
     * @throws ImageFault INVALID_ARGUMENT when it is not JSON; a field of a wrong type is found when it is asked for
     */
    public static ImageConfig parse(byte[] document) {
        return new ImageConfig(Json.parse(document, "image configuration"));
    }

    /** The configuration of nothing: a platform, the usual PATH, and the root as working directory. */
    public static ImageConfig minimal(Platform platform) {
        JsonObject json = new JsonObject();
        ImageConfig bare = new ImageConfig(json).withPlatform(platform);
        return platform.os().equals("windows")
                ? bare
                : bare.withEnv(List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
                        .withWorkingDir("/");
    }

    /** The document; equal configurations give equal bytes. */
    public byte[] bytes() {
        return Json.bytes(json);
    }

    /** A copy of the whole tree. */
    public JsonObject json() {
        return json.deepCopy();
    }

    // ---- about the image

    /** What it runs on. */
    public Platform platform() {
        return new Platform(
                Json.text(json, "os"),
                Json.text(json, "architecture"),
                Json.text(json, "variant"),
                Json.text(json, "os.version"),
                Json.texts(json, "os.features"));
    }

    /** For another platform. */
    public ImageConfig withPlatform(Platform platform) {
        JsonObject copy = json();
        copy.addProperty("architecture", platform.architecture());
        put(copy, "variant", platform.variant());
        copy.addProperty("os", platform.os());
        put(copy, "os.version", platform.osVersion());
        if (!platform.osFeatures().isEmpty()) {
            copy.add("os.features", Json.of(platform.osFeatures()));
        }
        return new ImageConfig(copy);
    }

    private static void put(JsonObject json, String field, String value) {
        if (value.isEmpty()) {
            json.remove(field);
        } else {
            json.addProperty(field, value);
        }
    }

    /** When it was made. */
    public Optional<Instant> created() {
        return Json.optionalText(json, "created").map(ImageConfig::instant);
    }

    /** Made at another time. */
    public ImageConfig withCreated(Instant created) {
        JsonObject copy = json();
        copy.addProperty("created", created.toString());
        return new ImageConfig(copy);
    }

    /** Who made it; empty when it does not say. */
    public String author() {
        return Json.text(json, "author");
    }

    /** By another author; empty for none. */
    public ImageConfig withAuthor(String author) {
        JsonObject copy = json();
        put(copy, "author", author);
        return new ImageConfig(copy);
    }

    /** The digests of the bare tars of its layers, bottom first. */
    public List<Digest> diffIds() {
        return Json.object(json, "rootfs").map(fs -> Json.texts(fs, "diff_ids")).orElseGet(List::of).stream()
                .map(Digest::parse)
                .toList();
    }

    /** The steps that made it, oldest first. */
    public List<History> history() {
        return Json.objects(json, "history").stream()
                .map(step -> new History(
                        Json.optionalText(step, "created").map(ImageConfig::instant),
                        Json.text(step, "created_by"),
                        Json.text(step, "author"),
                        Json.text(step, "comment"),
                        Json.flag(step, "empty_layer")))
                .toList();
    }

    /** With other layers and the history that made them. */
    public ImageConfig withLayers(List<Digest> diffIds, List<History> history) {
        JsonObject copy = withHistory(history).json;
        JsonObject rootfs = new JsonObject();
        rootfs.addProperty("type", "layers");
        rootfs.add("diff_ids", Json.of(diffIds.stream().map(Digest::toString).toList()));
        copy.add("rootfs", rootfs);
        return new ImageConfig(copy);
    }

    /** With another history. */
    public ImageConfig withHistory(List<History> history) {
        JsonObject copy = json();
        JsonArray steps = new JsonArray();
        for (History step : history) {
            JsonObject one = new JsonObject();
            step.created().ifPresent(time -> one.addProperty("created", time.toString()));
            put(one, "created_by", step.createdBy());
            put(one, "author", step.author());
            put(one, "comment", step.comment());
            if (step.emptyLayer()) {
                one.addProperty("empty_layer", true);
            }
            steps.add(one);
        }
        if (steps.isEmpty()) {
            copy.remove("history");
        } else {
            copy.add("history", steps);
        }
        return new ImageConfig(copy);
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException bad) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "image configuration: not a time: " + text, bad);
        }
    }

    // ---- how its containers run

    private JsonObject run() {
        return Json.object(json, CONFIG).orElseGet(JsonObject::new);
    }

    /** With one field of the part named config replaced; a JSON null takes it away. For fields that have no name here. */
    public ImageConfig withRun(String field, JsonElement value) {
        JsonObject copy = json();
        JsonObject run = Json.object(copy, CONFIG).orElseGet(JsonObject::new);
        if (value.isJsonNull()) {
            run.remove(field);
        } else {
            run.add(field, value);
        }
        copy.add(CONFIG, run);
        return new ImageConfig(copy);
    }

    private ImageConfig withText(String field, String value) {
        return withRun(field, value.isEmpty() ? JsonNull.INSTANCE : new JsonPrimitive(value));
    }

    private ImageConfig withTexts(String field, Optional<List<String>> values) {
        return withRun(field, values.<JsonElement>map(Json::of).orElse(JsonNull.INSTANCE));
    }

    private ImageConfig withSet(String field, Set<String> names) {
        JsonObject set = new JsonObject();
        names.stream().sorted().forEach(name -> set.add(name, new JsonObject()));
        return withRun(field, set.isEmpty() ? JsonNull.INSTANCE : set);
    }

    private Set<String> set(String field) {
        return Json.object(run(), field).map(JsonObject::keySet).orElseGet(Set::of);
    }

    /** Variables as {@code NAME=value}, in order. */
    public List<String> env() {
        return Json.texts(run(), "Env");
    }

    /** With other variables. */
    public ImageConfig withEnv(List<String> env) {
        return withTexts("Env", Optional.of(env).filter(all -> !all.isEmpty()));
    }

    /** Default arguments; absent is not the same as empty. */
    public Optional<List<String>> cmd() {
        return Json.optionalTexts(run(), "Cmd");
    }

    /** With other default arguments. */
    public ImageConfig withCmd(Optional<List<String>> cmd) {
        return withTexts("Cmd", cmd);
    }

    /** The command; absent is not the same as empty. */
    public Optional<List<String>> entrypoint() {
        return Json.optionalTexts(run(), "Entrypoint");
    }

    /** With another command. */
    public ImageConfig withEntrypoint(Optional<List<String>> entrypoint) {
        return withTexts("Entrypoint", entrypoint);
    }

    /** Labels in the order of the document. */
    public Map<String, String> labels() {
        return Json.textMap(run(), "Labels");
    }

    /** With other labels, written sorted. */
    public ImageConfig withLabels(Map<String, String> labels) {
        return withRun("Labels", labels.isEmpty() ? JsonNull.INSTANCE : Json.of(new TreeMap<>(labels)));
    }

    /** Paths that are volumes. */
    public Set<String> volumes() {
        return set("Volumes");
    }

    /** With other volumes. */
    public ImageConfig withVolumes(Set<String> volumes) {
        return withSet("Volumes", volumes);
    }

    /** Ports such as {@code 80/tcp}. */
    public Set<String> exposedPorts() {
        return set("ExposedPorts");
    }

    /** With other ports. */
    public ImageConfig withExposedPorts(Set<String> ports) {
        return withSet("ExposedPorts", ports);
    }

    /** Name or number of user and perhaps group; empty for root. */
    public String user() {
        return Json.text(run(), "User");
    }

    /** With another user. */
    public ImageConfig withUser(String user) {
        return withText("User", user);
    }

    /** Where the command starts; empty for the root. */
    public String workingDir() {
        return Json.text(run(), "WorkingDir");
    }

    /** With another directory. */
    public ImageConfig withWorkingDir(String directory) {
        return withText("WorkingDir", directory);
    }

    /** Name or number; empty for the default. */
    public String stopSignal() {
        return Json.text(run(), "StopSignal");
    }

    /** With another signal. */
    public ImageConfig withStopSignal(String signal) {
        return withText("StopSignal", signal);
    }

    /** Instructions for builds on top of this. */
    public List<String> onBuild() {
        return Json.texts(run(), "OnBuild");
    }

    /** With other instructions. */
    public ImageConfig withOnBuild(List<String> instructions) {
        return withTexts("OnBuild", Optional.of(instructions).filter(all -> !all.isEmpty()));
    }

    /** The shell of the instructions' shell form; empty for the default. */
    public List<String> shell() {
        return Json.texts(run(), "Shell");
    }

    /** With another shell. */
    public ImageConfig withShell(List<String> shell) {
        return withTexts("Shell", Optional.of(shell).filter(all -> !all.isEmpty()));
    }

    /** Windows: the command is one already escaped line. */
    public boolean argsEscaped() {
        return Json.flag(run(), "ArgsEscaped");
    }

    /** How health is probed. */
    public Optional<Healthcheck> healthcheck() {
        return Json.object(run(), "Healthcheck").map(HealthcheckJson::read);
    }

    /** With another probe. */
    public ImageConfig withHealthcheck(Optional<Healthcheck> probe) {
        return withRun(
                "Healthcheck", probe.<JsonElement>map(HealthcheckJson::write).orElse(JsonNull.INSTANCE));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageConfig config && json.equals(config.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json.toString();
    }
}

package io.buildkit4j.buildd.build;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.PlatformBuild;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Outcomes of frontends and what the daemon makes of them. The keys are those of BuildKit's exporter types: {@code
 * refs.platforms} lists platforms with their keys, {@code containerimage.config} and {@code containerimage.config/KEY} are
 * image configurations.
 */
final class Outcomes {
    static final String CONFIG = "containerimage.config";
    private static final String EPOCH = "source.date.epoch";
    private static final String PLATFORMS = "refs.platforms";
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private Outcomes() {}

    /** What our own frontends answered, whose definitions {@code add} turns into ids. */
    static Outcome of(List<PlatformBuild> builds, boolean byPlatform, Function<Definition, String> add) {
        List<Outcome.Tree> trees = new ArrayList<>();
        List<Outcome.Note> notes = new ArrayList<>();
        JsonArray platforms = new JsonArray();
        for (PlatformBuild build : builds) {
            String key = byPlatform ? build.platform().toString() : "";
            trees.add(new Outcome.Tree(key, add.apply(build.definition())));
            notes.add(new Outcome.Note(byPlatform ? CONFIG + "/" + key : CONFIG, build.imageConfig()));
            build.epoch()
                    .ifPresent(time -> notes.add(new Outcome.Note(
                            byPlatform ? EPOCH + "/" + key : EPOCH, Long.toString(time.getEpochSecond()))));
            JsonObject platform = new JsonObject();
            platform.addProperty("ID", build.platform().toString());
            platform.add("Platform", platform(build.platform()));
            platforms.add(platform);
        }
        JsonObject table = new JsonObject();
        table.add("Platforms", platforms);
        notes.add(new Outcome.Note(PLATFORMS, JSON.toJson(table)));
        return new Outcome(trees, byPlatform, notes);
    }

    static JsonObject platform(Platform platform) {
        JsonObject json = new JsonObject();
        json.addProperty("architecture", platform.architecture());
        json.addProperty("os", platform.os());
        if (!platform.osVersion().isEmpty()) {
            json.addProperty("os.version", platform.osVersion());
        }
        if (!platform.variant().isEmpty()) {
            json.addProperty("variant", platform.variant());
        }
        return json;
    }

    /**
     * What is to be built for an outcome. Nothing returned is the empty tree for the daemon's own platform.
     *
     * @throws DaemonFault INVALID_ARGUMENT when the notes are not what they must be
     */
    static Plan plan(Outcome outcome, Platform own, Optional<Instant> epoch, Function<String, Definition> find) {
        List<Plan.Part> parts = new ArrayList<>();
        if (outcome.byPlatform()) {
            for (Named named : platforms(outcome)) {
                String id = outcome.trees().stream()
                        .filter(tree -> tree.platform().equals(named.key()))
                        .map(Outcome.Tree::id)
                        .findFirst()
                        .orElse("");
                parts.add(new Plan.Part(named.platform(), find.apply(id), config(outcome, CONFIG + "/" + named.key())));
            }
        } else {
            String id =
                    outcome.trees().isEmpty() ? "" : outcome.trees().getFirst().id();
            List<Named> said = platforms(outcome);
            Optional<ImageConfig> config = config(outcome, CONFIG)
                    .or(() -> said.isEmpty()
                            ? Optional.empty()
                            : config(outcome, CONFIG + "/" + said.getFirst().key()));
            Platform platform = said.isEmpty()
                    ? config.map(ImageConfig::platform)
                            .filter(known -> !known.os().isEmpty())
                            .orElse(own)
                    : said.getFirst().platform();
            parts.add(new Plan.Part(platform, find.apply(id), config));
        }
        return new Plan(parts, outcome.byPlatform(), epoch.or(() -> epoch(outcome)));
    }

    /** The time that the frontend found; where it found several, the first. */
    private static Optional<Instant> epoch(Outcome outcome) {
        return outcome.notes().stream()
                .filter(note -> note.key().equals(EPOCH) || note.key().startsWith(EPOCH + "/"))
                .map(Outcome.Note::value)
                .filter(seconds -> seconds.matches("-?[0-9]{1,12}"))
                .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))
                .findFirst();
    }

    private record Named(String key, Platform platform) {}

    private static List<Named> platforms(Outcome outcome) {
        List<Named> named = new ArrayList<>();
        Optional<String> table = outcome.note(PLATFORMS);
        try {
            if (table.isPresent()) {
                JsonElement all =
                        JsonParser.parseString(table.get()).getAsJsonObject().get("Platforms");
                for (JsonElement each : all.getAsJsonArray()) {
                    JsonObject one = each.getAsJsonObject();
                    JsonObject platform = one.getAsJsonObject("Platform");
                    named.add(new Named(
                            one.get("ID").getAsString(),
                            new Platform(
                                    text(platform, "os"),
                                    text(platform, "architecture"),
                                    text(platform, "variant"),
                                    text(platform, "os.version"),
                                    List.of())));
                }
            }
        } catch (JsonParseException | IllegalStateException | NullPointerException malformed) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT, "the frontend's result has a malformed note " + PLATFORMS, malformed);
        }
        if (outcome.byPlatform() && named.isEmpty()) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT,
                    "the frontend's result has several trees but no note " + PLATFORMS + " that tells them apart");
        }
        return named;
    }

    private static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value == null ? "" : value.getAsString();
    }

    private static Optional<ImageConfig> config(Outcome outcome, String key) {
        return outcome.note(key)
                .filter(json -> !json.isEmpty())
                .map(json -> ImageConfig.parse(json.getBytes(StandardCharsets.UTF_8)));
    }
}

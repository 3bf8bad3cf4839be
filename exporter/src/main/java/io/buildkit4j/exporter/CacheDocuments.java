package io.buildkit4j.exporter;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Json;
import io.buildkit4j.solver.CacheStore.Alias;
import io.buildkit4j.store.LayerBlob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Caches in BuildKit's form, {@code application/vnd.buildkit.cacheconfig.v0}: a table of layers, each naming the one below it,
 * and a table of records, each with a digest, results that name their topmost layer, and inputs that name other records. Our
 * keys stand for themselves, so their records have no inputs; that one key means another is a record whose only input names
 * that other, with the selector {@value #MEANS}. Records of another making are passed over.
 */
final class CacheDocuments {
    static final String MEDIA_TYPE = "application/vnd.buildkit.cacheconfig.v0";
    /** Names a layer's diff id, on the descriptor of its blob. */
    static final String UNCOMPRESSED = "containerd.io/uncompressed";

    private static final String MEANS = "means";

    private CacheDocuments() {}

    /** A document, and the blobs in the order of its table. */
    record Written(JsonObject document, List<LayerBlob> blobs) {}

    static Written write(CacheRecords records) {
        Map<List<Digest>, Integer> places = new LinkedHashMap<>();
        List<LayerBlob> blobs = new ArrayList<>();
        JsonArray layers = new JsonArray();
        Map<Digest, Integer> tops = new HashMap<>();
        for (CacheRecords.Known known : records.known()) {
            List<Digest> chain = new ArrayList<>();
            int below = -1;
            for (LayerBlob layer : known.layers()) {
                chain.add(layer.blob().digest());
                int parent = below;
                Integer place = places.get(chain);
                if (place == null) {
                    place = blobs.size();
                    places.put(List.copyOf(chain), place);
                    blobs.add(layer);
                    layers.add(layer(layer, parent));
                }
                below = place;
            }
            tops.put(known.key(), below);
        }
        JsonObject document = new JsonObject();
        document.add("layers", layers);
        document.add("records", records(records, tops));
        return new Written(document, blobs);
    }

    private static JsonObject layer(LayerBlob layer, int parent) {
        JsonObject notes = new JsonObject();
        notes.addProperty("mediaType", layer.blob().mediaType());
        notes.addProperty("diffID", layer.diffId().toString());
        notes.addProperty("size", layer.blob().size());
        notes.addProperty("createdAt", layer.created().orElse(Instant.EPOCH).toString());
        JsonObject json = new JsonObject();
        json.addProperty("blob", layer.blob().digest().toString());
        json.addProperty("parent", parent);
        json.add("annotations", notes);
        return json;
    }

    /** The table of records; {@code tops} says which layer is the topmost of a key's result. */
    static JsonArray records(CacheRecords records, Map<Digest, Integer> tops) {
        Map<Digest, Integer> numbers = new HashMap<>();
        JsonArray all = new JsonArray();
        for (CacheRecords.Known known : records.known()) {
            JsonObject result = new JsonObject();
            result.addProperty("layer", tops.get(known.key()));
            result.addProperty("createdAt", known.created().toString());
            JsonArray results = new JsonArray();
            results.add(result);
            JsonObject record = record(known.key());
            record.add("layers", results);
            numbers.put(known.key(), all.size());
            all.add(record);
        }
        for (Alias alias : records.aliases()) {
            int meant = numbers.computeIfAbsent(alias.key(), key -> {
                all.add(record(key));
                return all.size() - 1;
            });
            JsonObject link = new JsonObject();
            link.addProperty("selector", MEANS);
            link.addProperty("link", meant);
            JsonArray links = new JsonArray();
            links.add(link);
            JsonArray inputs = new JsonArray();
            inputs.add(links);
            JsonObject record = record(alias.alias());
            record.add("inputs", inputs);
            all.add(record);
        }
        return all;
    }

    private static JsonObject record(Digest digest) {
        JsonObject record = new JsonObject();
        record.addProperty("digest", digest.toString());
        return record;
    }

    /**
     * Reads a document whose blobs the manifest beside it describes.
     *
     * @throws RuntimeException when it is not of that form
     */
    static CacheRecords read(JsonObject document, Map<Digest, Descriptor> blobs) {
        List<Optional<List<LayerBlob>>> chains = new ArrayList<>();
        JsonArray layers = array(document, "layers");
        for (int i = 0; i < layers.size(); i++) {
            chains.add(chain(layers, i, blobs, 0));
        }
        return read(array(document, "records"), chains);
    }

    /** A layer with all below it; nothing when a blob is not described. Tables may be in any order. */
    private static Optional<List<LayerBlob>> chain(
            JsonArray layers, int place, Map<Digest, Descriptor> blobs, int height) {
        if (place < 0 || place >= layers.size() || height > layers.size()) {
            return Optional.empty();
        }
        JsonObject layer = layers.get(place).getAsJsonObject();
        Descriptor blob = blobs.get(Digest.parse(layer.get("blob").getAsString()));
        int parent = layer.has("parent") ? layer.get("parent").getAsInt() : 0;
        Optional<Digest> diffId = blob == null ? Optional.empty() : diffId(layer, blob);
        if (blob == null || diffId.isEmpty()) {
            return Optional.empty();
        }
        List<LayerBlob> chain = new ArrayList<>();
        if (parent >= 0) {
            Optional<List<LayerBlob>> below = chain(layers, parent, blobs, height + 1);
            if (below.isEmpty()) {
                return Optional.empty();
            }
            chain.addAll(below.get());
        }
        chain.add(new LayerBlob(blob, diffId.get(), Optional.empty(), "imported from a cache"));
        return Optional.of(chain);
    }

    private static Optional<Digest> diffId(JsonObject layer, Descriptor blob) {
        String annotated = blob.annotations().getOrDefault(UNCOMPRESSED, "");
        if (!annotated.isEmpty()) {
            return Optional.of(Digest.parse(annotated));
        }
        JsonObject notes = layer.getAsJsonObject("annotations");
        return notes == null || !notes.has("diffID")
                ? Optional.empty()
                : Optional.of(Digest.parse(notes.get("diffID").getAsString()));
    }

    /** Reads the table of records, whose results name layers with all below them. */
    static CacheRecords read(JsonArray records, List<Optional<List<LayerBlob>>> chains) {
        List<CacheRecords.Known> known = new ArrayList<>();
        List<Alias> aliases = new ArrayList<>();
        for (JsonElement each : records) {
            JsonObject record = each.getAsJsonObject();
            Digest digest = Digest.parse(record.get("digest").getAsString());
            if (record.has("inputs")) {
                meant(record, records).ifPresent(key -> aliases.add(new Alias(digest, key)));
            } else if (record.has("layers")) {
                JsonObject result = record.getAsJsonArray("layers").get(0).getAsJsonObject();
                int place = result.get("layer").getAsInt();
                Optional<List<LayerBlob>> layers =
                        place >= 0 && place < chains.size() ? chains.get(place) : Optional.empty();
                layers.ifPresent(chain -> known.add(new CacheRecords.Known(digest, created(result), chain)));
            }
        }
        return new CacheRecords(known, aliases);
    }

    private static Instant created(JsonObject result) {
        JsonElement created = result.get("createdAt");
        return created == null
                ? Instant.EPOCH
                : java.time.OffsetDateTime.parse(created.getAsString()).toInstant();
    }

    /** What an alias means; nothing for a record of another making. */
    private static Optional<Digest> meant(JsonObject record, JsonArray records) {
        JsonArray inputs = record.getAsJsonArray("inputs");
        JsonArray links = inputs.size() == 1 ? inputs.get(0).getAsJsonArray() : new JsonArray();
        if (links.size() != 1 || record.has("layers")) {
            return Optional.empty();
        }
        JsonObject link = links.get(0).getAsJsonObject();
        JsonElement selector = link.get("selector");
        int place = link.get("link").getAsInt();
        if (selector == null || !selector.getAsString().equals(MEANS) || place < 0 || place >= records.size()) {
            return Optional.empty();
        }
        return Optional.of(
                Digest.parse(records.get(place).getAsJsonObject().get("digest").getAsString()));
    }

    private static JsonArray array(JsonObject object, String name) {
        JsonArray array = object.getAsJsonArray(name);
        return array == null ? new JsonArray() : array;
    }

    static byte[] bytes(JsonElement json) {
        return Json.bytes(json);
    }
}

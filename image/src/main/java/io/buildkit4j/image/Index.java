package io.buildkit4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Several images under one name; see the OCI image specification's index page. Docker's manifest list has the same shape.
 *
 * @param annotations written sorted
 */
public record Index(String mediaType, List<Descriptor> manifests, Map<String, String> annotations) {
    /** Lists are copied. */
    public Index {
        manifests = List.copyOf(manifests);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /**
     * Reads the document.
     *
     * @throws ImageFault INVALID_ARGUMENT when it cannot be read
     */
    public static Index parse(byte[] document) {
        JsonObject json = Json.parse(document, "image index");
        return new Index(
                Json.optionalText(json, "mediaType").orElse(MediaTypes.OCI_INDEX),
                Json.objects(json, "manifests").stream()
                        .map(Descriptor::fromJson)
                        .toList(),
                Json.textMap(json, "annotations"));
    }

    /** The document; equal indexes give equal bytes. */
    public byte[] bytes() {
        JsonObject json = new JsonObject();
        json.addProperty("schemaVersion", 2);
        json.addProperty("mediaType", mediaType);
        JsonArray array = new JsonArray();
        manifests.forEach(manifest -> array.add(manifest.toJson()));
        json.add("manifests", array);
        if (!annotations.isEmpty()) {
            json.add("annotations", Json.of(new TreeMap<>(annotations)));
        }
        return Json.bytes(json);
    }

    /** The manifest that runs best on the platform; of equally good ones the first. */
    public Optional<Descriptor> select(Platform wanted) {
        Optional<Descriptor> best = Optional.empty();
        int bestRank = Integer.MAX_VALUE;
        for (Descriptor manifest : manifests) {
            OptionalInt rank = manifest.platform().map(wanted::rank).orElse(OptionalInt.empty());
            if (rank.isPresent() && rank.getAsInt() < bestRank) {
                bestRank = rank.getAsInt();
                best = Optional.of(manifest);
            }
        }
        return best;
    }
}

package io.buildkit4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where content is named: media type, digest and size in bytes, as in the OCI image specification's descriptor page.
 *
 * @param annotations in the order in which they were read; they are written sorted
 * @param platform of a manifest inside an index
 */
public record Descriptor(
        String mediaType, Digest digest, long size, Map<String, String> annotations, Optional<Platform> platform) {
    /** Annotations are copied. */
    public Descriptor {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** A descriptor without annotations or platform. */
    public static Descriptor of(String mediaType, Digest digest, long size) {
        return new Descriptor(mediaType, digest, size, Map.of(), Optional.empty());
    }

    /** The same with other annotations. */
    public Descriptor withAnnotations(Map<String, String> other) {
        return new Descriptor(mediaType, digest, size, other, platform);
    }

    /** The same for a platform. */
    public Descriptor withPlatform(Platform other) {
        return new Descriptor(mediaType, digest, size, annotations, Optional.of(other));
    }

    /**
     * Reads the JSON form.
     *
     * @throws ImageFault INVALID_ARGUMENT when a field is missing or of another type
     */
    public static Descriptor fromJson(JsonObject json) {
        Optional<Platform> platform = Json.object(json, "platform")
                .map(p -> new Platform(
                        Json.text(p, "os"),
                        Json.text(p, "architecture"),
                        Json.text(p, "variant"),
                        Json.text(p, "os.version"),
                        Json.texts(p, "os.features")));
        return new Descriptor(
                Json.text(json, "mediaType"),
                Digest.parse(Json.text(json, "digest")),
                Json.number(json, "size"),
                Json.textMap(json, "annotations"),
                platform);
    }

    /** The JSON form; equal descriptors give equal bytes. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("mediaType", mediaType);
        json.addProperty("digest", digest.toString());
        json.addProperty("size", size);
        if (!annotations.isEmpty()) {
            json.add("annotations", Json.of(new TreeMap<>(annotations)));
        }
        platform.ifPresent(p -> json.add("platform", platformJson(p)));
        return json;
    }

    private static JsonObject platformJson(Platform platform) {
        JsonObject json = new JsonObject();
        json.addProperty("architecture", platform.architecture());
        json.addProperty("os", platform.os());
        if (!platform.osVersion().isEmpty()) {
            json.addProperty("os.version", platform.osVersion());
        }
        if (!platform.osFeatures().isEmpty()) {
            JsonArray features = new JsonArray();
            platform.osFeatures().forEach(features::add);
            json.add("os.features", features);
        }
        if (!platform.variant().isEmpty()) {
            json.addProperty("variant", platform.variant());
        }
        return json;
    }
}

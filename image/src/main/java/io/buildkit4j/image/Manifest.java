package io.buildkit4j.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One image: its configuration and its layers, bottom first; see the OCI image specification's manifest page. Docker's
 * schema 2 has the same shape.
 *
 * @param annotations written sorted
 */
public record Manifest(String mediaType, Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
    /** Lists are copied. */
    public Manifest {
        layers = List.copyOf(layers);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /**
     * Reads the document.
     *
     * @throws ImageFault INVALID_ARGUMENT when it is not a manifest of version 2
     */
    public static Manifest parse(byte[] document) {
        JsonObject json = Json.parse(document, "image manifest");
        if (Json.number(json, "schemaVersion") != 2) {
            throw new ImageFault(
                    Kind.INVALID_ARGUMENT,
                    "image manifest has schema version " + Json.number(json, "schemaVersion")
                            + "; only 2 is supported: push the image again with a current tool");
        }
        Descriptor config = Json.object(json, "config")
                .map(Descriptor::fromJson)
                .orElseThrow(() -> new ImageFault(Kind.INVALID_ARGUMENT, "image manifest has no config"));
        return new Manifest(
                Json.optionalText(json, "mediaType").orElse(MediaTypes.OCI_MANIFEST),
                config,
                Json.objects(json, "layers").stream().map(Descriptor::fromJson).toList(),
                Json.textMap(json, "annotations"));
    }

    /** The document; equal manifests give equal bytes. */
    public byte[] bytes() {
        JsonObject json = new JsonObject();
        json.addProperty("schemaVersion", 2);
        json.addProperty("mediaType", mediaType);
        json.add("config", config.toJson());
        JsonArray array = new JsonArray();
        layers.forEach(layer -> array.add(layer.toJson()));
        json.add("layers", array);
        if (!annotations.isEmpty()) {
            json.add("annotations", Json.of(new TreeMap<>(annotations)));
        }
        return Json.bytes(json);
    }
}

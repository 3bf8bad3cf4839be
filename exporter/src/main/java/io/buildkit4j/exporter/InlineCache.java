package io.buildkit4j.exporter;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.store.LayerBlob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cache inside an image's configuration: the table of records in Base64 as {@value #FIELD}, whose layers are those of the
 * image, by their places.
 */
final class InlineCache {
    private static final String FIELD = "moby.buildkit.cache.v0";

    private InlineCache() {}

    /** The configuration with what is known of steps whose results are the image's first layers. */
    static ImageConfig add(CacheRecords records, ImageConfig config, List<LayerBlob> layers) {
        List<Digest> image = layers.stream().map(LayerBlob::diffId).toList();
        Map<Digest, Integer> tops = new HashMap<>();
        List<CacheRecords.Known> known = new ArrayList<>();
        for (CacheRecords.Known each : records.known()) {
            List<Digest> own = each.layers().stream().map(LayerBlob::diffId).toList();
            if (own.size() <= image.size() && image.subList(0, own.size()).equals(own)) {
                known.add(each);
                tops.put(each.key(), own.size() - 1);
            }
        }
        JsonArray table = CacheDocuments.records(new CacheRecords(known, records.aliases()), tops);
        JsonObject json = config.json();
        json.addProperty(FIELD, Base64.getEncoder().encodeToString(CacheDocuments.bytes(table)));
        return ImageConfig.parse(CacheDocuments.bytes(json));
    }

    /** What an image carries; nothing when it carries nothing. */
    static Optional<CacheRecords> read(Manifest manifest, ImageConfig config) {
        List<Digest> diffIds = config.diffIds();
        if (!config.json().has(FIELD) || diffIds.size() != manifest.layers().size()) {
            return Optional.empty();
        }
        byte[] table = Base64.getDecoder().decode(config.json().get(FIELD).getAsString());
        List<Optional<List<LayerBlob>>> chains = new ArrayList<>();
        List<LayerBlob> chain = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            Descriptor blob = manifest.layers().get(i);
            chain.add(new LayerBlob(blob, diffIds.get(i), config.created(), "imported from an image"));
            chains.add(Optional.of(List.copyOf(chain)));
        }
        return Optional.of(CacheDocuments.read(
                JsonParser.parseString(new String(table, StandardCharsets.UTF_8))
                        .getAsJsonArray(),
                chains));
    }
}

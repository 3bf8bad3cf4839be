package io.buildkit4j.exporter;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Json;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an export answers.
 *
 * @param image manifest or index, when there is one
 * @param config of an image for one platform
 * @param names under which it was stored, pushed or archived
 */
public record Exported(Optional<Descriptor> image, Optional<Digest> config, List<String> names) {
    /** Files only. */
    public static final Exported FILES = new Exported(Optional.empty(), Optional.empty(), List.of());

    /** Lists are copied. */
    public Exported {
        names = List.copyOf(names);
    }

    /** In the keys that clients know: digests as text, the descriptor as JSON in Base64. */
    public Map<String, String> response() {
        Map<String, String> response = new LinkedHashMap<>();
        config.ifPresent(digest -> response.put("containerimage.config.digest", digest.toString()));
        image.ifPresent(descriptor -> {
            response.put(
                    "containerimage.descriptor", Base64.getEncoder().encodeToString(Json.bytes(descriptor.toJson())));
            response.put("containerimage.digest", descriptor.digest().toString());
        });
        if (!names.isEmpty()) {
            response.put("image.name", String.join(",", names));
        }
        return response;
    }
}

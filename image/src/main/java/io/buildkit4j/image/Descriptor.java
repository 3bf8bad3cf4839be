package io.buildkit4j.image;

import java.util.Map;
import java.util.Optional;

/**
 * Where content is named: media type, digest and size in bytes, as in the OCI image specification's descriptor page.
 *
 * @param annotations in the order they are written
 * @param platform of a manifest inside an index
 */
public record Descriptor(
        String mediaType, Digest digest, long size, Map<String, String> annotations, Optional<Platform> platform) {
    /** Annotations are copied. */
    public Descriptor {
        annotations = Map.copyOf(annotations);
    }

    /** A descriptor without annotations or platform. */
    public static Descriptor of(String mediaType, Digest digest, long size) {
        return new Descriptor(mediaType, digest, size, Map.of(), Optional.empty());
    }
}

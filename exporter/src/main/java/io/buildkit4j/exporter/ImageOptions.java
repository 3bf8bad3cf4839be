package io.buildkit4j.exporter;

import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.store.LayerFormat;
import java.util.List;
import java.util.Optional;

/**
 * How an image is put together, wherever it then goes.
 *
 * @param rewriteTimes no file of a layer that was made here is later than the build's epoch
 */
public record ImageOptions(
        List<Reference> names, LayerFormat layers, boolean rewriteTimes, List<Annotation> annotations) {
    /** Lists are copied. */
    public ImageOptions {
        names = List.copyOf(names);
        annotations = List.copyOf(annotations);
    }

    /** Where an annotation is written. */
    public enum Place {
        /** Into a manifest. */
        MANIFEST,
        /** Beside a manifest, into the index that names it. */
        MANIFEST_DESCRIPTOR,
        /** Into an index. */
        INDEX,
        /** Beside an index, into the layout that names it. */
        INDEX_DESCRIPTOR
    }

    /**
     * One annotation.
     *
     * @param platform nothing for every platform
     */
    public record Annotation(Place place, Optional<Platform> platform, String key, String value) {}
}

package io.buildkit4j.exporter;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.store.LayerBlob;
import java.time.Instant;
import java.util.List;

/**
 * What is known of steps, to take elsewhere.
 *
 * @param aliases of keys, whether or not a result is among {@code known}
 */
public record CacheRecords(List<Known> known, List<CacheStore.Alias> aliases) {
    /** Lists are copied. */
    public CacheRecords {
        known = List.copyOf(known);
        aliases = List.copyOf(aliases);
    }

    /** A key and the layers of its result, bottom first, at least one. */
    public record Known(Digest key, Instant created, List<LayerBlob> layers) {
        /** Layers are copied. */
        public Known {
            layers = List.copyOf(layers);
        }
    }
}

package io.buildkit4j.worker;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.store.LayerBlob;
import java.time.Instant;
import java.util.List;

/**
 * What another daemon knows: keys, what their results are made of, and where that can be had. Nothing of it is fetched before
 * a step is found by it.
 *
 * @param source of the layers' blobs; open as long as the import
 */
public record ImportedCache(List<Known> results, List<CacheStore.Alias> aliases, BlobSource source) {
    /** Lists are copied. */
    public ImportedCache {
        results = List.copyOf(results);
        aliases = List.copyOf(aliases);
    }

    /** A key and the layers of its result, bottom first. */
    public record Known(Digest key, Instant created, List<LayerBlob> layers) {
        /** Layers are copied. */
        public Known {
            layers = List.copyOf(layers);
        }
    }

    /** As long as it is open, steps are found by it. */
    public interface Open extends AutoCloseable {
        @Override
        void close();
    }
}

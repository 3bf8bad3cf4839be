package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.List;

/**
 * What a vertex depends on besides its inputs' results.
 *
 * @param digest of everything that the step itself contributes to its key
 * @param ingredients the readable record of what went into that digest
 * @param inputs one rule for each input, in their order
 * @param last no further key of this vertex will be offered
 */
public record CacheMap<R>(Digest digest, Ingredients ingredients, List<InputRule<R>> inputs, boolean last) {
    /** Rules are copied. */
    public CacheMap {
        inputs = List.copyOf(inputs);
    }
}

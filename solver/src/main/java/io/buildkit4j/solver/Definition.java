package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;

/**
 * What is known of a vertex before anything is executed.
 *
 * @param key from the first cache map and the definition keys of the inputs
 * @param fresh as in {@link Name}
 * @param opaque some input counts by content only, so the key must not be used at all
 * @param plain neither the vertex nor anything below has a content rule or a second cache map, so the key is its name
 */
record Definition(Digest key, boolean fresh, boolean opaque, boolean plain) {
    /** Whether a result may be looked up under the key. */
    boolean trusted() {
        return !fresh && !opaque;
    }
}

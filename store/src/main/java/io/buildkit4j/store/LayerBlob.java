package io.buildkit4j.store;

import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * One layer of an image.
 *
 * @param blob the compressed (or not) tar, as its media type says
 * @param diffId digest of the tar itself
 * @param created when the layer's snapshot was made
 * @param description the step that made it
 */
public record LayerBlob(Descriptor blob, Digest diffId, Optional<Instant> created, String description) {}

package io.buildkit4j.store.snapshot;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.store.LayerBlob;

/**
 * What a snapshot will be made of when somebody looks inside.
 *
 * @param chain id of the chain of layers that ends with it, as in the OCI image specification's config page
 */
public record Deferred(String chain, LayerBlob layer, BlobSource source) {}

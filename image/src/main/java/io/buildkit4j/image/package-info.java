/**
 * The OCI world: digests, descriptors, platforms, references, manifests, indexes and image configurations as values; tar
 * and compression; the registries and layouts that images live in.
 */
@NullMarked
package io.buildkit4j.image;

import org.jspecify.annotations.NullMarked;

/**
 * Layers of images, both ways. A <em>layer</em> is a tar of changes in which a removed name is a file {@code .wh.NAME} and
 * a replaced directory holds {@code .wh..wh..opq} (OCI image specification, layer.md). Each is applied to a directory of
 * its own without looking at those below, so that the layers of a chain are applied side by side; what a layer leaves to
 * those below (attributes of directories it only passes, targets of hard links) is filled in when it is committed. A
 * <em>chain id</em> names a layer with all below it.
 */
@NullMarked
package io.buildkit4j.store.layer;

import org.jspecify.annotations.NullMarked;

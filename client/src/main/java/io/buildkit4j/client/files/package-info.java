/**
 * This machine's side of file transfers: a <em>local directory</em> is what a build may read, as far as patterns let it; a
 * <em>target</em> is where a result is put.
 */
@NullMarked
package io.buildkit4j.client.files;

import org.jspecify.annotations.NullMarked;

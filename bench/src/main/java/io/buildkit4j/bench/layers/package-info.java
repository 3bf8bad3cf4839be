/**
 * Layers as a user meets them: large images exported and pulled through the programs. The <em>tree</em> is made of the
 * binaries of this machine, the same ones on every run.
 */
@NullMarked
package io.buildkit4j.bench.layers;

import org.jspecify.annotations.NullMarked;

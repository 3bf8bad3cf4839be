/** Layers through the programs: into registries that want a password or lie, and into layouts of the client. */
@NullMarked
package io.buildkit4j.it.layers;

import org.jspecify.annotations.NullMarked;

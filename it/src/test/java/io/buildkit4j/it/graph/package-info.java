/** Graphs and state directories that cannot be built on: each is refused with its reason, at once. */
@NullMarked
package io.buildkit4j.it.graph;

import org.jspecify.annotations.NullMarked;

/** Definitions as text: JSON lines and Graphviz. */
@NullMarked
package io.buildkit4j.llb.dump;

import org.jspecify.annotations.NullMarked;

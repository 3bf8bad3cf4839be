/** Stages to LLB and image configurations. */
@NullMarked
package io.buildkit4j.frontend.emit;

import org.jspecify.annotations.NullMarked;

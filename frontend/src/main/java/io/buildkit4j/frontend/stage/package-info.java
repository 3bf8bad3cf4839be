/** Stages, what they need of each other, and the expansion of variables. */
@NullMarked
package io.buildkit4j.frontend.stage;

import org.jspecify.annotations.NullMarked;

/** What {@code --output} and its like say, read once into values. */
@NullMarked
package io.buildkit4j.buildctl.output;

import org.jspecify.annotations.NullMarked;

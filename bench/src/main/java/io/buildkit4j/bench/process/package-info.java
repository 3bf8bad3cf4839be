/** Measures what a step costs by itself, without a build around it. */
@NullMarked
package io.buildkit4j.bench.process;

import org.jspecify.annotations.NullMarked;

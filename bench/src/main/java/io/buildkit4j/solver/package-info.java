/** Benchmarks of what is inside the solver: making a key, looking it up. */
@NullMarked
package io.buildkit4j.solver;

import org.jspecify.annotations.NullMarked;

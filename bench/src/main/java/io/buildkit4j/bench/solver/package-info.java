/** What the solver costs by itself: <em>overhead</em> is the time for each vertex when the vertices do nothing. */
@NullMarked
package io.buildkit4j.bench.solver;

import org.jspecify.annotations.NullMarked;

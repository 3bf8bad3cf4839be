/**
 * Times whole builds as a user meets them: one client process a build, wall time from its start to its end, against a daemon
 * that the benchmark starts. {@code bench/spine} runs it.
 */
@NullMarked
package io.buildkit4j.bench.spine;

import org.jspecify.annotations.NullMarked;

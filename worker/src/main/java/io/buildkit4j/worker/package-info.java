/**
 * Turns LLB into runnable vertices: sources, file ops and processes.
 */
@NullMarked
package io.buildkit4j.worker;

import org.jspecify.annotations.NullMarked;

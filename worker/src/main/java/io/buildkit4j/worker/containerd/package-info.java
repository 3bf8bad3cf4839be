/**
 * Runs processes as <em>tasks</em> of containerd: a task is the first process of a container, watched over by a
 * <em>shim</em>, a small process of its own that goes on when containerd is restarted. Its standard streams are
 * <em>fifos</em>, which the shim opens by name. What a container is made of is written by the same classes that write it for
 * a runtime that is called directly.
 */
@NullMarked
package io.buildkit4j.worker.containerd;

import org.jspecify.annotations.NullMarked;

/**
 * Runs one process in a container of its own. A <em>request</em> says what is run, on which root, with which mounts and how
 * far apart from the host; a <em>bundle</em> is the directory that an OCI runtime reads that from; an <em>exit</em> is how
 * the process ended. Nothing of a container is left when a call returns, however it returns.
 */
@NullMarked
package io.buildkit4j.worker.process;

import org.jspecify.annotations.NullMarked;

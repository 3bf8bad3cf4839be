/**
 * Directories of clients. What was received from a client last time is a committed tree; a new transfer is received as the
 * <em>difference</em> to it: entries whose status is the same are not asked for, the others become a snapshot over it.
 */
@NullMarked
package io.buildkit4j.worker.source.local;

import org.jspecify.annotations.NullMarked;

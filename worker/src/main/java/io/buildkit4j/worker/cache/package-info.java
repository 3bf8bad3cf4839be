/**
 * What the solver remembers, kept in the store: keys, the results known under them, and the results' snapshots.
 */
@NullMarked
package io.buildkit4j.worker.cache;

import org.jspecify.annotations.NullMarked;

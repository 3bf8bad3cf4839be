/** One state directory and everything in it, composed. */
@NullMarked
package io.buildkit4j.store.disk;

import org.jspecify.annotations.NullMarked;

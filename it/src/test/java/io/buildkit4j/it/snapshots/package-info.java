/** Builds on machines that cannot stack directories. */
@NullMarked
package io.buildkit4j.it.snapshots;

import org.jspecify.annotations.NullMarked;

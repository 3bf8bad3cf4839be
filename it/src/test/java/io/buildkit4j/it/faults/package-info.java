/** What must not go wrong when everything else does: pruning while builds run. */
@NullMarked
package io.buildkit4j.it.faults;

import org.jspecify.annotations.NullMarked;

/**
 * Who may stay. A <em>rule</em> says what may be removed and how far; the <em>cap</em> is what the whole state directory
 * never exceeds. Rules are applied on a thread of their own, some time after builds. The cap is watched while something is
 * written: records go before it is reached, and when none is left that may go, the step that writes most is stopped.
 */
@NullMarked
package io.buildkit4j.store.space;

import org.jspecify.annotations.NullMarked;

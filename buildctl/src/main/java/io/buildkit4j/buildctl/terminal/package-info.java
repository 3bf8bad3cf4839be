/** The terminal that the command line runs in: whether there is one, and how large it is (asked of {@code stty}). */
@NullMarked
package io.buildkit4j.buildctl.terminal;

import org.jspecify.annotations.NullMarked;

/** The programs in {@code examples/}, run as their first lines say, with everything that they fetch on this machine. */
@NullMarked
package io.buildkit4j.it.examples;

import org.jspecify.annotations.NullMarked;

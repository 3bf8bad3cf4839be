/** A Dockerfile goes in, an image comes out: through the programs as users start them, with real peers at every end. */
@NullMarked
package io.buildkit4j.it.spine;

import org.jspecify.annotations.NullMarked;

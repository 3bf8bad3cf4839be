/** Dockerfiles read and described, without a daemon: from text to definition and image configuration. */
@NullMarked
package io.buildkit4j.bench.dockerfile;

import org.jspecify.annotations.NullMarked;

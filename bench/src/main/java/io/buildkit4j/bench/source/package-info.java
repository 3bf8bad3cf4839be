/** Measures sources by themselves, without a build around them. */
@NullMarked
package io.buildkit4j.bench.source;

import org.jspecify.annotations.NullMarked;

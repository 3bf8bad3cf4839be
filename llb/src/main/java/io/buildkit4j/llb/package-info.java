/**
 * The build language: ops as data, definitions, the byte-exact codec, the state builder and capabilities.
 */
@NullMarked
package io.buildkit4j.llb;

import org.jspecify.annotations.NullMarked;

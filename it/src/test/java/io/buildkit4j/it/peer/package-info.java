/** The real peers of the black-box tests: the project's own programs, a registry, and tools that judge images. */
@NullMarked
package io.buildkit4j.it.peer;

import org.jspecify.annotations.NullMarked;

/**
 * The daemon: decodes requests, composes the house by hand, runs builds and remembers them.
 */
@NullMarked
package io.buildkit4j.buildd;

import org.jspecify.annotations.NullMarked;

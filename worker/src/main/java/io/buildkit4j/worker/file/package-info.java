/**
 * File operations: changes of trees that need no process. An op is a list of <em>actions</em>; each changes one tree, may
 * copy from another, and its result is what later actions or the op's outputs name. Everything goes through trees, so no
 * path and no link can lead out of one.
 */
@NullMarked
package io.buildkit4j.worker.file;

import org.jspecify.annotations.NullMarked;

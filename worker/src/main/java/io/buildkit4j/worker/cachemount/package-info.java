/**
 * Cache mounts: directories that stay on this machine from one run to the next. A <em>cache</em> is what steps name by an id;
 * it has one or more <em>places</em>, each a directory, so that users who want one for themselves need not wait.
 */
@NullMarked
package io.buildkit4j.worker.cachemount;

import org.jspecify.annotations.NullMarked;

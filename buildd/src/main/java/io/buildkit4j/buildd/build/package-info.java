/**
 * Builds. {@link io.buildkit4j.buildd.build.Build} is the spine of the daemon: from a request to an answer in one method;
 * the rest of the package is what it leans on.
 */
@NullMarked
package io.buildkit4j.buildd.build;

import org.jspecify.annotations.NullMarked;

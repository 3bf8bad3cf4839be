/**
 * Where the files of a build come from: the <em>main context</em>, which COPY reads and which may bring the Dockerfile too, and
 * <em>named contexts</em>, which stand for images, stages and directories by their names.
 */
@NullMarked
package io.buildkit4j.frontend.context;

import org.jspecify.annotations.NullMarked;

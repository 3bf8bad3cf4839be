/**
 * Carries results outside: images, archives and directories.
 */
@NullMarked
package io.buildkit4j.exporter;

import org.jspecify.annotations.NullMarked;

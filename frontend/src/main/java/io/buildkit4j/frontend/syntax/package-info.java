/** Dockerfile text to instructions with their lines: continuations, comments, directives, flags, JSON forms, heredocs. Knows no meaning. */
@NullMarked
package io.buildkit4j.frontend.syntax;

import org.jspecify.annotations.NullMarked;

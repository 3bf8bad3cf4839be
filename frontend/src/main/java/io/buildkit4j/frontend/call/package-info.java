/**
 * What clients ask of a Dockerfile other than a build. A <em>call</em> is such a question, by the name that clients send as
 * {@code requestid}; its answer is notes: JSON for programs, text for people, and a status for scripts. Names and shapes are
 * those of BuildKit's subrequests.
 */
@NullMarked
package io.buildkit4j.frontend.call;

import org.jspecify.annotations.NullMarked;

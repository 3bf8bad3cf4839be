/**
 * The Java API of a build daemon: connect, solve, serve a session, follow progress.
 */
@NullMarked
package io.buildkit4j.client;

import org.jspecify.annotations.NullMarked;

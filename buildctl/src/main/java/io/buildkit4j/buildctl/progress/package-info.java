/**
 * Shows a build while it goes on. A <em>step</em> is what a person sees: a vertex, or a group of vertices under one name. A
 * <em>display</em> shows steps in one way: plain lines, a live terminal, JSON lines or not at all.
 */
@NullMarked
package io.buildkit4j.buildctl.progress;

import org.jspecify.annotations.NullMarked;

/** What the daemon says of itself: lines on standard error. What builds say is in {@code journal}. */
@NullMarked
package io.buildkit4j.buildd.log;

import org.jspecify.annotations.NullMarked;

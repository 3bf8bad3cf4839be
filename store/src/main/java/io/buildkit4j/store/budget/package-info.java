/**
 * Bytes that are promised. Whoever is about to write below the state directory <em>reserves</em> first: a reservation grows
 * with what is written, and is closed when that is counted elsewhere or gone. What is counted and what is promised together
 * never exceed the cap; a reservation that does not fit makes room or fails. <em>Ahead</em> is promised to processes that
 * write without asking.
 */
@NullMarked
package io.buildkit4j.store.budget;

import org.jspecify.annotations.NullMarked;

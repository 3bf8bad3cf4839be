/**
 * What this machine has. A <em>blob</em> is content by digest. A <em>snapshot</em> is one directory of changes over a
 * parent: {@code active} while it is written, {@code committed} and never changed after. A <em>ref</em> is a hold on a
 * committed snapshot: it keeps it and all its parents and is closed by its holder. A <em>record</em> is what usage and
 * garbage collection speak of: one ref's snapshot with its size, age and use.
 */
@NullMarked
package io.buildkit4j.store;

import org.jspecify.annotations.NullMarked;

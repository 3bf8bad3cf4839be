/**
 * What a Dockerfile does that builds but is probably not meant. A <em>rule</em> looks for one such thing, and a
 * <em>finding</em> is a place where it is done; a <em>review</em> applies all rules to one file. A new rule is one class, named
 * in {@link io.buildkit4j.frontend.check.Rules}. Names, messages and pages are those of BuildKit's checks, so that what
 * users skip or search for is the same here.
 */
@NullMarked
package io.buildkit4j.frontend.check;

import org.jspecify.annotations.NullMarked;

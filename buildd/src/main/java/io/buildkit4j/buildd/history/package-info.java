/**
 * The builds of this daemon, running and past. A <em>build</em> has an id of the client's choosing, the <em>ref</em>, and a
 * directory {@code builds/REF} with its record ({@code record.json}) and its journal ({@code journal}); both outlive the
 * daemon until newer builds have taken their place.
 */
@NullMarked
package io.buildkit4j.buildd.history;

import org.jspecify.annotations.NullMarked;

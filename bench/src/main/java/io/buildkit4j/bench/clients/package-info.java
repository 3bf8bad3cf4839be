/** Clients of a daemon, many at once: what each costs, and what is left when they have gone. */
@NullMarked
package io.buildkit4j.bench.clients;

import org.jspecify.annotations.NullMarked;

/** One of each of what may be added to a daemon, as docs/extending.md shows them. */
package io.buildkit4j.it.extending;

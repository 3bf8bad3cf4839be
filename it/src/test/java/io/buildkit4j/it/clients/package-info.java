/** Clients that are not this project's own, unmodified. */
@org.jspecify.annotations.NullMarked
package io.buildkit4j.it.clients;

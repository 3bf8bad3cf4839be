/** Caches that daemons leave for each other in registries, images and directories. */
@org.jspecify.annotations.NullMarked
package io.buildkit4j.it.cache;

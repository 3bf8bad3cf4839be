/** Why steps ran, what would run, and builds that must find everything. */
@org.jspecify.annotations.NullMarked
package io.buildkit4j.it.explain;

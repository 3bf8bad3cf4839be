/**
 * How the daemon is to run: the flags of the command line and the keys of {@code buildkitd.toml}, both declared in tables
 * and turned into one {@link io.buildkit4j.buildd.config.Configuration}. A flag overrides a key.
 */
@NullMarked
package io.buildkit4j.buildd.config;

import org.jspecify.annotations.NullMarked;

/**
 * Git repositories by the git program: a <em>remote</em> is where a repository is, a <em>commit</em> what is taken of it.
 * For each remote one bare repository is kept in the state directory, and fetched into at depth 1.
 */
@NullMarked
package io.buildkit4j.worker.source.git;

import org.jspecify.annotations.NullMarked;

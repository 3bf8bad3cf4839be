/**
 * Why steps ran. The <em>account</em> of a build is what became of each of its steps and what went into their keys; it is
 * kept beside the build's record. A step's <em>partner</em> is the same step in an earlier build. A <em>cause</em> is the one
 * difference nearest the root of the graph that explains why a step was not found.
 */
@NullMarked
package io.buildkit4j.buildd.explain;

import org.jspecify.annotations.NullMarked;

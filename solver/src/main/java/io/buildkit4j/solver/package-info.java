/**
 * Solves a graph of vertices once, and shares work and cache between jobs. It knows nothing of containers, LLB or gRPC.
 *
 * <p>A <em>vertex</em> is one step; an <em>edge</em> is one output of it. A <em>definition key</em> names an edge by what
 * the step is and by the keys of its inputs; a <em>content key</em> names it by the content of its inputs. A <em>job</em>
 * is one build's interest in edges. A <em>result</em> of type {@code R} is held by whoever got it and closed by its holder.
 */
@NullMarked
package io.buildkit4j.solver;

import org.jspecify.annotations.NullMarked;

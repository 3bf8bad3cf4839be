package io.buildkit4j.worker;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.solver.Vertex;
import io.buildkit4j.solver.VertexTraits;
import io.buildkit4j.store.Ref;
import java.util.List;
import java.util.Optional;

/** An op as the solver sees it. */
record OpVertex(Digest digest, String name, List<Edge<Ref>> inputs, VertexTraits traits, Step step)
        implements Vertex<Ref> {
    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        return step.cacheMap(context, index);
    }

    @Override
    public Optional<Ref> atHand() {
        return step.atHand();
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> results) throws InterruptedException {
        return step.run(context, results);
    }

    /** Its inputs' steps are told elsewhere; a graph of thousands would print each many times. */
    @Override
    public String toString() {
        return name + " " + digest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OpVertex vertex && digest.equals(vertex.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }
}

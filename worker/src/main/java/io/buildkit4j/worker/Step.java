package io.buildkit4j.worker;

import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.Ref;
import java.util.List;
import java.util.Optional;

/** What one kind of op does, as {@link io.buildkit4j.solver.Vertex} asks for it. */
interface Step {
    CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException;

    /** As {@link io.buildkit4j.solver.Vertex#atHand}. */
    default Optional<Ref> atHand() {
        return Optional.empty();
    }

    List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException;
}

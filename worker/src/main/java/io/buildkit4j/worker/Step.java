package io.buildkit4j.worker;

import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.Ref;
import java.util.List;

/** What one kind of op does, as {@link io.buildkit4j.solver.Vertex} asks for it. */
interface Step {
    CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException;

    List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException;
}

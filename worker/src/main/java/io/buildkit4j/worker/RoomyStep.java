package io.buildkit4j.worker;

import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import java.util.List;
import java.util.Optional;

/** A step that is done once more when it met a full disk and room could be made. */
record RoomyStep(Step step, Store store) implements Step {
    @Override
    public CacheMap<Ref> cacheMap(JobContext<Ref> context, int index) throws InterruptedException {
        return store.withRoom(() -> step.cacheMap(context, index));
    }

    @Override
    public Optional<Ref> atHand() {
        return step.atHand();
    }

    @Override
    public List<Ref> run(JobContext<Ref> context, List<Ref> inputs) throws InterruptedException {
        return store.withRoom(() -> step.run(context, inputs));
    }
}

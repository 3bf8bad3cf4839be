package io.buildkit4j.worker;

import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import java.util.List;
import java.util.Optional;

/**
 * A step that is done once more when it met a full disk and room could be made.
 *
 * @param looksInside it reads files of its inputs; what is not fetched of them yet is, before it runs
 */
record RoomyStep(Step step, Store store, boolean looksInside) implements Step {
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
        return store.withRoom(() -> {
            if (looksInside) {
                for (Ref input : inputs) {
                    input.fetch(new PacedProgress(context.progress()));
                }
            }
            return step.run(context, inputs);
        });
    }
}

package io.buildkit4j.buildd.history;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts a build's steps as its events go by. Safe for any thread. */
final class StepCounts {
    private enum State {
        SEEN,
        COMPLETED,
        CACHED
    }

    private final ConcurrentHashMap<Digest, State> steps = new ConcurrentHashMap<>();
    private final AtomicInteger warnings = new AtomicInteger();

    void add(BuildEvent event) {
        switch (event) {
            case BuildEvent.VertexChanged changed ->
                steps.put(
                        changed.vertex(),
                        changed.cached()
                                ? State.CACHED
                                : changed.completed().isPresent() ? State.COMPLETED : State.SEEN);
            case BuildEvent.Warned warned -> warnings.incrementAndGet();
            case BuildEvent.StatusChanged changed -> {}
            case BuildEvent.Logged logged -> {}
        }
    }

    BuildRecord.Counts counts() {
        int cached = 0;
        int completed = 0;
        for (State state : steps.values()) {
            cached += state == State.CACHED ? 1 : 0;
            completed += state == State.SEEN ? 0 : 1;
        }
        return new BuildRecord.Counts(steps.size(), cached, completed, warnings.get());
    }
}

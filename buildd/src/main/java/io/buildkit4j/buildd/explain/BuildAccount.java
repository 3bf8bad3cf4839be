package io.buildkit4j.buildd.explain;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.StepAccount;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of a build's steps.
 *
 * @param refused nothing ran, because something would have had to: the steps are those of its plan. Nothing is compared with it
 * @param steps inputs before consumers
 */
public record BuildAccount(String ref, Instant created, Lineage lineage, boolean refused, List<StepAccount> steps) {
    /** The list is copied. */
    public BuildAccount {
        steps = List.copyOf(steps);
    }

    /** Steps by vertex. */
    Map<Digest, StepAccount> byVertex() {
        Map<Digest, StepAccount> found = HashMap.newHashMap(steps.size());
        steps.forEach(step -> found.put(step.vertex(), step));
        return found;
    }
}

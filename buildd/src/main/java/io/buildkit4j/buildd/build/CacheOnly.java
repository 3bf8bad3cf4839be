package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.explain.Cause;
import io.buildkit4j.buildd.explain.Explainer;
import io.buildkit4j.buildd.explain.Explanation;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.solver.StepAccount.Verdict;
import io.buildkit4j.solver.Vertex;
import io.buildkit4j.store.Ref;
import io.buildkit4j.worker.Worker;
import java.util.Optional;

/**
 * That nothing may run. Fetching what lies elsewhere is allowed.
 *
 * @param stage only steps of this stage must be found; empty for all
 */
public record CacheOnly(String stage) {
    /** Whether the step must not run. */
    boolean forbids(Vertex<Ref> vertex) {
        return Worker.isWork(vertex) && concerns(vertex.name());
    }

    private boolean concerns(String name) {
        return stage.isEmpty() || Explainer.inStage(name, stage);
    }

    /** What to say when by the plan such a step would run; the first one is named. */
    Optional<DaemonFault> refusal(Explanation plan) {
        for (Explanation.Step step : plan.steps()) {
            boolean runs = step.account().verdict() == Verdict.WOULD_RUN;
            if (runs && step.work() && concerns(step.account().name())) {
                return Optional.of(refusal(step));
            }
        }
        return Optional.empty();
    }

    private static DaemonFault refusal(Explanation.Step step) {
        String why = step.cause().map(cause -> why(step.account(), cause)).orElse("it is not in the cache");
        return new DaemonFault(
                Kind.FAILED_PRECONDITION, "not in the cache: step " + step.name() + " would have to run: " + why);
    }

    private static String why(StepAccount step, Cause cause) {
        boolean own = cause.vertex().equals(step.vertex());
        return own ? cause.summary() : cause.step() + ": " + cause.summary();
    }
}

package io.buildkit4j.buildd.explain;

import io.buildkit4j.solver.StepAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A build, step by step.
 *
 * @param previous ref of the build that it was compared with; empty when there was none
 * @param previousCreated when that one began
 * @param steps inputs before consumers
 */
public record Explanation(
        String ref, Instant created, String previous, Optional<Instant> previousCreated, List<Step> steps) {
    /** The list is copied. */
    public Explanation {
        steps = List.copyOf(steps);
    }

    /**
     * One step.
     *
     * @param name as it is shown: without logins, and without digests that nobody wrote
     * @param internal housekeeping of a frontend, of no interest to most
     * @param work whether running it is more than fetching something
     * @param cause why it was not found; absent when it was
     * @param expected how long it takes, by experience; absent without any
     */
    public record Step(
            StepAccount account,
            String name,
            boolean internal,
            boolean work,
            Optional<Cause> cause,
            Optional<Duration> expected) {}
}

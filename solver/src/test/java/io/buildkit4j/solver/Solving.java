package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** A solve on a thread of its own. */
final class Solving {
    private final AtomicReference<Object> outcome = new AtomicReference<>("under way");
    private final Thread thread;

    @SuppressWarnings("InterruptedExceptionSwallowed") // it is the outcome
    Solving(SolverFixture fixture, Job<Held> job, Step step) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                outcome.set(fixture.take(job.solve(step.edge())));
            } catch (Throwable failed) {
                outcome.set(failed);
            }
        });
    }

    void interrupt() {
        thread.interrupt();
    }

    /** The content of the result, or what was thrown. */
    Object outcome() throws InterruptedException {
        assertThat(thread.join(Duration.ofSeconds(20))).as("solve ends").isTrue();
        return Objects.requireNonNull(outcome.get());
    }
}

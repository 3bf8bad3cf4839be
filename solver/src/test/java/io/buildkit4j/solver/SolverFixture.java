package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** One cache, a solver over it that can be started anew, and the law that nothing leaks. */
class SolverFixture {
    final CountingResults results = new CountingResults();
    final MemoryCacheStore cache = new MemoryCacheStore();
    SharingSolver<Held> solver = new SharingSolver<>(results, cache, SolverOptions.parallel(4));
    private final AtomicInteger jobs = new AtomicInteger();

    Step step(String name) {
        return new Step(results, name);
    }

    Job<Held> open() {
        return open("", event -> {});
    }

    Job<Held> open(String session, java.util.function.Consumer<BuildEvent> events) {
        return solver.open("job-" + jobs.incrementAndGet(), session, events);
    }

    /** Solves in a job of its own. */
    String solve(Step step) throws InterruptedException {
        return solve(step, event -> {});
    }

    String solve(Step step, java.util.function.Consumer<BuildEvent> events) throws InterruptedException {
        try (Job<Held> job = open("", events)) {
            return take(job.solve(step.edge()));
        }
    }

    /** The content; lets the hold go. */
    String take(Held held) {
        String content = held.content();
        results.close(held);
        return content;
    }

    /** Solves in a job of its own and answers all events of it. */
    List<BuildEvent> events(Step step) throws InterruptedException {
        List<BuildEvent> events = new CopyOnWriteArrayList<>();
        solve(step, events::add);
        return events;
    }

    void limit(int parallelism) {
        solver.close();
        solver = new SharingSolver<>(results, cache, SolverOptions.parallel(parallelism));
    }

    @AfterEach
    void nothingLeaks() {
        solver.close();
        assertThat(solver.size()).as("nodes and runs alive").isZero();
        assertThat(solver.waits()).isEmpty();
        results.assertNothingLeaks();
    }
}

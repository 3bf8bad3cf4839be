package io.buildkit4j.solver;

import io.buildkit4j.footing.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The solver: opens jobs and knows the open ones; {@link Steps} does the solving. */
final class SharingSolver<R> implements Solver<R> {
    /** So deep may steps wait for each other: a thread each, of some kilobytes. */
    private static final int DEPTH = 8_192;

    private final Graph<R> graph;
    private final Steps<R> steps;
    private final Optional<Watchdog> watchdog;

    /** Guards the fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, JobState<R>> jobs = new HashMap<>();
    private long opened;
    private boolean closed;

    SharingSolver(ResultStore<R> results, CacheStore cache, SolverOptions options) {
        this(results, cache, options, DEPTH);
    }

    SharingSolver(ResultStore<R> results, CacheStore cache, SolverOptions options, int depth) {
        Pulse pulse = new Pulse();
        this.graph = new Graph<>(options.journal(), pulse);
        this.steps = new Steps<>(graph, new Records<>(results, cache), new Turns(options.parallelism()), depth);
        this.watchdog = options.watch().map(watch -> Watchdog.start(watch, pulse, steps.register()));
    }

    @Override
    public Job<R> open(String id, String session, Consumer<BuildEvent> events) {
        lock.lock();
        try {
            if (closed) {
                throw new SolverFault(Kind.UNAVAILABLE, "no build can be opened: the solver is closed");
            }
            if (jobs.containsKey(id)) {
                throw new SolverFault(
                        Kind.ALREADY_EXISTS, "build " + id + " is open already; give each build its own id");
            }
            JobState<R> job = new JobState<>(this, id, session, opened++, events);
            jobs.put(id, job);
            return job;
        } finally {
            lock.unlock();
        }
    }

    Steps<R> steps() {
        return steps;
    }

    /** How many nodes and runs are alive: none when no job is open. */
    int size() {
        return graph.size();
    }

    /** A job has no more solves under way. */
    void closed(JobState<R> job) {
        graph.release(job);
        lock.lock();
        try {
            jobs.remove(job.id(), job);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Wait> waits() {
        return Watchdog.describe(steps.register());
    }

    @Override
    public void close() {
        List<JobState<R>> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(jobs.values());
        } finally {
            lock.unlock();
        }
        open.forEach(JobState::close);
        watchdog.ifPresent(Watchdog::close);
    }
}

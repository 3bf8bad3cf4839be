package io.buildkit4j.solver;

import java.util.List;
import java.util.function.Consumer;

/** Solves edges for any number of jobs at once, each vertex and each key at most once. */
public interface Solver<R> extends AutoCloseable {
    /**
     * Opens a job.
     *
     * @param id unique among open jobs
     * @param session the client session that its vertices may use; empty for none
     * @param events gets every event of every vertex the job wants, from its beginning, in order, from any thread; must
     *     return quickly
     */
    Job<R> open(String id, String session, Consumer<BuildEvent> events);

    /** Who waits for what right now, the longest first, steps that run included. Stops nothing. */
    List<Wait> waits();

    /** Interrupts everything that runs and waits for it. */
    @Override
    void close();
}

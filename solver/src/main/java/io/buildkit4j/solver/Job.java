package io.buildkit4j.solver;

/**
 * One build's interest in edges. Vertices that only this job wants are interrupted when it is closed; those that another
 * job wants too go on.
 */
public interface Job<R> extends AutoCloseable {
    /** The build's id. */
    String id();

    /**
     * Solves an edge. May be called from several threads at once. The result is the caller's to close.
     *
     * @throws StepFault when a step failed
     * @throws InterruptedException when the calling thread is interrupted; steps that nobody else wants are interrupted
     */
    R solve(Edge<R> edge) throws InterruptedException;

    @Override
    void close();
}

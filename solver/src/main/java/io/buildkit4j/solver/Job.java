package io.buildkit4j.solver;

import java.util.List;
import java.util.function.Predicate;

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

    /**
     * Says what solving the edge would do, inputs before consumers, and runs nothing: steps are described, which may ask a
     * registry what a tag means and receive a client's directory, and content that is there already is hashed.
     *
     * @throws StepFault when a step cannot be described
     */
    List<StepAccount> plan(Edge<R> edge) throws InterruptedException;

    /**
     * What became of the steps that this job wanted so far, inputs before consumers.
     *
     * @param limit of more steps than this, those that were spared are left out, and then the last
     */
    List<StepAccount> accounts(int limit);

    /**
     * From now on no step that the test names is run for this job: a solve that would have to run one fails with
     * FAILED_PRECONDITION instead. Such a job shares no steps under way with others. To be called before the first solve.
     */
    void refuse(Predicate<Vertex<R>> unwanted);

    @Override
    void close();
}

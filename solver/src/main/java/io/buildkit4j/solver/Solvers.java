package io.buildkit4j.solver;

/** Where solvers come from. */
public final class Solvers {
    private Solvers() {}

    /** A solver over these stores, which must outlive it. */
    public static <R> Solver<R> create(ResultStore<R> results, CacheStore cache, SolverOptions options) {
        return new SharingSolver<>(results, cache, options);
    }
}

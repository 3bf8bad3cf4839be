package io.buildkit4j.solver;

/**
 * How a solver is set up.
 *
 * @param parallelism how many steps may run at once, at least 1; waiting for inputs and looking up do not count
 * @param journal where the events of wanted vertices are kept
 */
public record SolverOptions(int parallelism, EventJournal journal) {
    /** Refuses a limit under which nothing could run. */
    public SolverOptions {
        if (parallelism < 1) {
            throw new IllegalArgumentException(
                    "parallelism is " + parallelism + "; at least 1 step must be able to run");
        }
    }

    /** A limit, with the journal in memory. */
    public static SolverOptions parallel(int parallelism) {
        return new SolverOptions(parallelism, new MemoryEventJournal());
    }
}

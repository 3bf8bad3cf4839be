package io.buildkit4j.solver;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a solver is set up.
 *
 * @param parallelism how many steps may run at once, at least 1; waiting for inputs and looking up do not count
 * @param journal where the events of wanted vertices are kept
 * @param watch who is told when nothing moves
 */
public record SolverOptions(int parallelism, EventJournal journal, Optional<Watch> watch) {
    /** Refuses a limit under which nothing could run. */
    public SolverOptions {
        if (parallelism < 1) {
            throw new IllegalArgumentException(
                    "parallelism is " + parallelism + "; at least 1 step must be able to run");
        }
    }

    /**
     * A watch over a solver that may come to a standstill.
     *
     * @param quiet how long nothing must have happened while somebody waits
     * @param report gets all waits, the longest first; called from the watchdog's own thread
     */
    public record Watch(Duration quiet, Consumer<List<Wait>> report) {}

    /** A limit, with the journal in memory and nobody watching. */
    public static SolverOptions parallel(int parallelism) {
        return new SolverOptions(parallelism, new MemoryEventJournal(), Optional.empty());
    }

    /** The same, watched. */
    public SolverOptions watched(Watch by) {
        return new SolverOptions(parallelism, journal, Optional.of(by));
    }
}

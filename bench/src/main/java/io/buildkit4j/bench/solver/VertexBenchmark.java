package io.buildkit4j.bench.solver;

import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.MemoryCacheStore;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the solver costs for each vertex of a graph of 1,000 that do nothing; the graph is made beforehand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VertexBenchmark {
    private static final int SIZE = 1_000;

    /** The graph's form. */
    @Param({"CHAIN", "GRID"})
    public String shape = "CHAIN";

    private Edge<Integer> graph = IdleSteps.of(IdleSteps.Shape.CHAIN, 2, "a");
    private Solver<Integer> warm = solver();

    /** Fills the cache of the warm solver. */
    @Setup
    public void fill() throws InterruptedException {
        graph = IdleSteps.of(IdleSteps.Shape.valueOf(shape), SIZE, "a");
        warm = solver();
        solve(warm);
    }

    private static Solver<Integer> solver() {
        return Solvers.create(new IdleSteps.Numbers(), new MemoryCacheStore(), SolverOptions.parallel(4));
    }

    private int solve(Solver<Integer> solver) throws InterruptedException {
        try (Job<Integer> job = solver.open("bench", "", event -> {})) {
            return job.solve(graph);
        }
    }

    /** Everything is run. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public int cold() throws InterruptedException {
        try (Solver<Integer> fresh = solver()) {
            return solve(fresh);
        }
    }

    /** The top is found; below it only keys are made. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public int definitionHit() throws InterruptedException {
        return solve(warm);
    }
}

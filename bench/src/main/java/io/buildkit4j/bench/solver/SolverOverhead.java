package io.buildkit4j.bench.solver;

import io.buildkit4j.bench.solver.IdleSteps.Shape;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.MemoryCacheStore;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.solver.SolverOptions;
import io.buildkit4j.solver.Solvers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the solver itself costs for each vertex, with steps that do nothing and stores in memory: cold, on a definition hit,
 * and on a hit by content at the bottom. Run with {@code -Xmx1g}. Prints processor microseconds a vertex, of all threads with
 * garbage collection and compilation, because that is steadier on a busy machine than the clock; and the heap that is still
 * reachable before the job is closed. Usage: {@code SolverOverhead [PICTURE.svg]}
 */
public final class SolverOverhead {
    private static final List<Integer> SIZES = List.of(1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000);

    /** Each measurement solves about so many vertices, since the system counts processor time in steps of 10 ms. */
    private static final int BATCH = 100_000;

    private static final int ROUNDS = 3;

    private SolverOverhead() {}

    /** One size of one shape. */
    record Point(int size, double cold, double hit, double content, double live) {}

    /** Measures all sizes of all shapes. */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        ScalePicture picture = new ScalePicture();
        for (Shape shape : Shape.values()) {
            measure(shape, 1_000);
            measure(shape, 10_000);
            List<Point> points = new ArrayList<>();
            for (int size : SIZES) {
                Point point = measure(shape, size);
                points.add(point);
                System.out.printf(
                        "%s %d: cold %.1f us, definition hit %.1f us, hit by content %.1f us, live %.0f MiB%n",
                        shape, size, point.cold(), point.hit(), point.content(), point.live());
            }
            picture.add(shape, points);
        }
        if (arguments.length > 0) {
            Files.writeString(Path.of(arguments[0]), picture.svg());
        }
    }

    private static Point measure(Shape shape, int size) throws InterruptedException {
        double[] cold = new double[ROUNDS];
        double[] hit = new double[ROUNDS];
        double[] content = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int repeat = BATCH / size; repeat > 0; repeat--) {
                try (Solver<Integer> solver = solver()) {
                    cold[round] += solve(solver, IdleSteps.of(shape, size, "a"));
                    hit[round] += solve(solver, IdleSteps.of(shape, size, "a"));
                    content[round] += solve(solver, IdleSteps.of(shape, size, "b"));
                }
            }
        }
        return new Point(size, median(cold), median(hit), median(content), live(shape, size));
    }

    private static Solver<Integer> solver() {
        return Solvers.create(new IdleSteps.Numbers(), new MemoryCacheStore(), SolverOptions.parallel(4));
    }

    /** Microseconds for each vertex of a batch. */
    private static double solve(Solver<Integer> solver, Edge<Integer> edge) throws InterruptedException {
        long start = processorTime();
        try (Job<Integer> job = solver.open("bench", "", event -> {})) {
            job.solve(edge);
        }
        return (processorTime() - start) / 1e3 / BATCH;
    }

    private static long processorTime() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    private static double live(Shape shape, int size) throws InterruptedException {
        try (Solver<Integer> solver = solver();
                Job<Integer> job = solver.open("bench", "", event -> {})) {
            job.solve(IdleSteps.of(shape, size, "a"));
            return used() / 1048576.0;
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

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
 * and on a hit by content at the bottom. Run with {@code -Xmx1g -XX:+UseSerialGC}. Prints processor microseconds a vertex, of
 * all threads, because that is steadier on a busy machine than the clock; the collector's part, which grows with what is
 * kept, apart from the rest; and the heap that is still reachable before the job is closed. Usage: {@code SolverOverhead [PICTURE.svg]}
 */
public final class SolverOverhead {
    private static final List<Integer> SIZES = List.of(1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000);

    /** Each measurement solves at least so many vertices, since the system counts processor time in steps of 10 ms. */
    private static final int BATCH = 40_000;

    private static final int ROUNDS = 3;

    private SolverOverhead() {}

    /** One size of one shape: microseconds without the collector, those of the collector in a cold solve, and MiB. */
    record Point(int size, double cold, double hit, double content, double collector, double live) {}

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
                        "%s %d: cold %.1f us and collector %.1f, definition hit %.1f, hit by content %.1f; live %.0f MiB%n",
                        shape, size, point.cold(), point.collector(), point.hit(), point.content(), point.live());
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
        double[] collector = new double[ROUNDS];
        int repeats = Math.max(1, BATCH / size);
        double vertices = (double) repeats * size;
        for (int round = 0; round < ROUNDS; round++) {
            for (int repeat = 0; repeat < repeats; repeat++) {
                try (Solver<Integer> solver = solver()) {
                    double before = collectorTime();
                    cold[round] += solve(solver, IdleSteps.of(shape, size, "a")) / vertices;
                    collector[round] += (collectorTime() - before) / vertices;
                    hit[round] += solve(solver, IdleSteps.of(shape, size, "a")) / vertices;
                    content[round] += solve(solver, IdleSteps.of(shape, size, "b")) / vertices;
                }
            }
        }
        return new Point(size, median(cold), median(hit), median(content), median(collector), live(shape, size));
    }

    private static Solver<Integer> solver() {
        return Solvers.create(new IdleSteps.Numbers(), new MemoryCacheStore(), SolverOptions.parallel(4));
    }

    /** Microseconds of all threads but the collector's. */
    private static double solve(Solver<Integer> solver, Edge<Integer> edge) throws InterruptedException {
        double start = processorTime() - collectorTime();
        try (Job<Integer> job = solver.open("bench", "", event -> {})) {
            job.solve(edge);
        }
        return Math.max(0, processorTime() - collectorTime() - start);
    }

    private static double processorTime() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime()
                / 1e3;
    }

    /** The serial collector's pauses, in which nothing else runs. */
    private static double collectorTime() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToDouble(collector -> collector.getCollectionTime() * 1e3)
                .sum();
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

package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.footing.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Laws over random graphs, caches, failures and cancellations. {@code -Dsolver.graphs=N} sets how many, {@code
 * -Dsolver.seed=N} where to begin; each graph's seed is in the message of what breaks.
 */
class LawsTest {
    private static final int GRAPHS = Integer.getInteger("solver.graphs", 10_000);
    private static final long SEED = Long.getLong("solver.seed", System.nanoTime());

    /** One random world: a cache and what was run in it. */
    private static final class World {
        final Random random;
        final CountingResults results = new CountingResults();
        final MemoryCacheStore cache = new MemoryCacheStore();
        final SharingSolver<Held> solver;
        final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
        final Set<String> failing = new HashSet<>();
        final int shape;

        World(long seed) {
            random = new Random(seed);
            shape = random.nextInt();
            SolverOptions options = SolverOptions.parallel(1 + random.nextInt(4));
            // half of the worlds begin at the bottom, as only large graphs do otherwise
            int depth = random.nextBoolean() ? 1 + random.nextInt(4) : 1_000;
            solver = new SharingSolver<>(results, cache, options, depth);
        }

        /** The same graph each time but for its sources, which may be renamed without a change of content. */
        List<Step> graph(String sourceVersion, Set<Integer> ignoring) {
            Random form = new Random(shape);
            int size = 2 + form.nextInt(12);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int wanted = i < 2 ? 0 : form.nextInt(4);
                Step step = new Step(results, "step " + i + (wanted == 0 ? sourceVersion : ""));
                if (wanted == 0 && form.nextBoolean()) {
                    step.keys("tag " + i + sourceVersion, "content " + i);
                }
                for (int n = 0; n < wanted; n++) {
                    Step below = steps.get(form.nextInt(i));
                    Step unused = form.nextInt(3) == 0 ? step.onContent(below) : step.on(below);
                    assertThat(unused).isSameAs(step);
                }
                if (ignoring.contains(i)) {
                    step.ignoringCache();
                }
                String name = "step " + i;
                step.doing((context, inputs) -> body(name, inputs));
                steps.add(step);
            }
            return steps;
        }

        private List<Held> body(String name, List<Held> inputs) throws InterruptedException {
            String content = Integer.toHexString(
                    (name + inputs.stream().map(Held::content).toList()).hashCode());
            runs.computeIfAbsent(name, first -> new AtomicInteger()).incrementAndGet();
            Thread.onSpinWait();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (failing.contains(name)) {
                throw new SolverFault(Kind.UNKNOWN, "broken on purpose");
            }
            return List.of(results.make(content));
        }

        String solve(Step step, String id) throws InterruptedException {
            try (Job<Held> job = solver.open(id, "", event -> {})) {
                Held held = job.solve(step.edge());
                String content = held.content();
                results.close(held);
                return content;
            }
        }

        int totalRuns() {
            return runs.values().stream().mapToInt(AtomicInteger::get).sum();
        }
    }

    @Test
    void lawsHold() throws InterruptedException {
        System.out.println("laws: solver.seed=" + SEED + " solver.graphs=" + GRAPHS);
        for (int i = 0; i < GRAPHS; i++) {
            long seed = SEED + i;
            try {
                check(seed);
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("a law is broken: -Dsolver.graphs=1 -Dsolver.seed=" + seed, broken);
            }
        }
    }

    private static void check(long seed) throws InterruptedException {
        World world = new World(seed);
        prefill(world);
        disturb(world);
        List<Step> graph = world.graph("", Set.of());
        Step top = graph.getLast();
        world.runs.clear();
        String content = world.solve(top, "first");
        assertThat(world.runs)
                .allSatisfy((name, count) -> assertThat(count).as(name).hasValue(1));

        world.runs.clear();
        world.results.loads.set(0);
        assertThat(world.solve(world.graph("", Set.of()).getLast(), "hit")).isEqualTo(content);
        assertThat(world.totalRuns()).as("nothing runs on a definition hit").isZero();
        assertThat(world.results.loads).hasValue(1);

        assertThat(world.solve(world.graph(" renamed", Set.of()).getLast(), "renamed"))
                .as("equal content, equal results")
                .isEqualTo(content);
        assertThat(world.runs)
                .allSatisfy((name, count) -> assertThat(count).as(name).hasValueLessThanOrEqualTo(1));

        world.results.damaged.addAll(world.results.saved.keySet());
        assertThat(world.solve(top, "lost")).isEqualTo(content);

        int again = world.random.nextInt(graph.size());
        world.runs.clear();
        assertThat(world.solve(world.graph("", Set.of(again)).getLast(), "again"))
                .isEqualTo(content);
        assertThat(world.runs)
                .allSatisfy((name, count) -> assertThat(count).as(name).hasValue(1));
        leaksNothing(world);
    }

    /** Some parts were built before, some of that was lost. */
    private static void prefill(World world) throws InterruptedException {
        List<Step> graph = world.graph("", Set.of());
        for (int i = world.random.nextInt(3); i > 0; i--) {
            world.solve(graph.get(world.random.nextInt(graph.size())), "prefill " + i);
        }
        List<String> ids = new ArrayList<>(world.results.saved.keySet());
        Collections.sort(ids);
        ids.stream().filter(id -> world.random.nextInt(4) == 0).forEach(world.results.damaged::add);
    }

    /** Several jobs at once, of which some are interrupted, closed or fail at some point. */
    private static void disturb(World world) throws InterruptedException {
        if (world.random.nextBoolean()) {
            world.failing.add("step " + world.random.nextInt(8));
        }
        List<Thread> threads = new ArrayList<>();
        List<Job<Held>> jobs = new ArrayList<>();
        for (int i = 1 + world.random.nextInt(3); i > 0; i--) {
            Set<Integer> ignoring = world.random.nextInt(4) == 0 ? Set.of(world.random.nextInt(8)) : Set.of();
            List<Step> graph = world.graph(world.random.nextBoolean() ? "" : " other", ignoring);
            Step wanted = graph.get(world.random.nextInt(graph.size()));
            Job<Held> job = world.solver.open("disturbed " + i, "", event -> {});
            jobs.add(job);
            threads.add(Thread.ofVirtual().start(() -> attempt(world, job, wanted)));
        }
        for (int i = 0; i < threads.size(); i++) {
            spin(world.random.nextInt(300));
            switch (world.random.nextInt(3)) {
                case 0 -> threads.get(i).interrupt();
                case 1 -> jobs.get(i).close();
                default -> {}
            }
        }
        for (Thread thread : threads) {
            assertThat(thread.join(java.time.Duration.ofSeconds(20))).as("ends").isTrue();
        }
        jobs.forEach(Job::close);
        world.failing.clear();
    }

    private static void spin(int microseconds) {
        long end = System.nanoTime() + microseconds * 1_000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void attempt(World world, Job<Held> job, Step wanted) {
        try {
            world.results.close(job.solve(wanted.edge()));
        } catch (SolverFault | InterruptedException expected) {
            // failed or cancelled, as it was meant to be
        }
    }

    private static void leaksNothing(World world) {
        world.solver.close();
        assertThat(world.solver.size()).as("nodes and runs alive").isZero();
        assertThat(world.solver.waits()).isEmpty();
        world.results.assertNothingLeaks();
    }
}

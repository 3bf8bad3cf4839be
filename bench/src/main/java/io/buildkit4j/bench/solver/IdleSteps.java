package io.buildkit4j.bench.solver;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.solver.JobContext;
import io.buildkit4j.solver.ResultStore;
import io.buildkit4j.solver.Vertex;
import io.buildkit4j.solver.VertexTraits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Graphs of steps that do nothing. */
final class IdleSteps {
    private IdleSteps() {}

    /** One long line, or a triangle in which each step has two inputs and the last one all. */
    enum Shape {
        CHAIN,
        GRID
    }

    /** A graph of this many steps over one source whose name, not its content, is given. */
    static Edge<Integer> of(Shape shape, int size, String source) {
        List<Vertex<Integer>> steps = new ArrayList<>(size);
        steps.add(new Nothing("source " + source, List.of(), List.of()));
        InputRule<Integer> content = new InputRule<>(
                "",
                Optional.of(
                        (context, input) -> new InputRule.Keyed(Digest.ofText("content"), new Ingredients(List.of()))),
                false);
        steps.add(new Nothing("copy", List.of(new Edge<>(steps.getFirst(), 0)), List.of(content)));
        for (int i = 2; i < size; i++) {
            List<Edge<Integer>> inputs = new ArrayList<>(2);
            inputs.add(new Edge<>(steps.get(shape == Shape.CHAIN ? i - 1 : i / 2), 0));
            if (shape == Shape.GRID) {
                inputs.add(new Edge<>(steps.get(i - 1 - i % 2), 0));
            }
            steps.add(new Nothing(
                    "step " + i,
                    inputs,
                    inputs.stream()
                            .map(input -> InputRule.<Integer>byDefinition())
                            .toList()));
        }
        List<Edge<Integer>> all =
                steps.stream().map(step -> new Edge<>(step, 0)).toList();
        List<Edge<Integer>> top = shape == Shape.CHAIN ? List.of(all.getLast()) : all;
        List<InputRule<Integer>> rules =
                top.stream().map(input -> InputRule.<Integer>byDefinition()).toList();
        return new Edge<>(new Nothing("top", top, rules), 0);
    }

    /** A step that does nothing. */
    private record Nothing(
            String name, List<Edge<Integer>> inputs, List<InputRule<Integer>> rules, Digest key, Digest digest)
            implements Vertex<Integer> {
        Nothing(String name, List<Edge<Integer>> inputs, List<InputRule<Integer>> rules) {
            this(name, inputs, rules, Digest.ofText(name), digest(name, inputs));
        }

        private static Digest digest(String name, List<Edge<Integer>> inputs) {
            StringBuilder text = new StringBuilder(name);
            inputs.forEach(input -> text.append(input.vertex().digest()));
            return Digest.ofText(text.toString());
        }

        @Override
        public VertexTraits traits() {
            return VertexTraits.PLAIN;
        }

        @Override
        public CacheMap<Integer> cacheMap(JobContext<Integer> context, int index) {
            return new CacheMap<>(key, new Ingredients(List.of()), rules, true);
        }

        @Override
        public List<Integer> run(JobContext<Integer> context, List<Integer> inputs) {
            return List.of(1);
        }

        @Override
        public int hashCode() {
            return digest.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    /** Results that need no care. */
    static final class Numbers implements ResultStore<Integer> {
        private final AtomicInteger saved = new AtomicInteger();

        @Override
        public Integer share(Integer result) {
            return result;
        }

        @Override
        public void close(Integer result) {}

        @Override
        public String save(Integer result) {
            return "result-" + saved.incrementAndGet();
        }

        @Override
        public Optional<Integer> load(String id) {
            return Optional.of(1);
        }
    }
}

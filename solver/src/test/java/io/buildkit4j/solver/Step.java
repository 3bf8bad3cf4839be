package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A vertex that counts what is asked of it. What it makes is its text and, in brackets, what its inputs are made of. */
final class Step implements Vertex<Held> {
    /** What it does when it runs. */
    @FunctionalInterface
    interface Body {
        List<Held> run(JobContext<Held> context, List<Held> inputs) throws InterruptedException;
    }

    /** Something in the way of what is asked of it. */
    @FunctionalInterface
    interface Obstacle {
        Obstacle NONE = () -> {};

        void pass() throws InterruptedException;
    }

    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger maps = new AtomicInteger();
    final AtomicInteger digests = new AtomicInteger();

    private final CountingResults results;
    private final String name;
    private final List<Edge<Held>> inputs = new ArrayList<>();
    private final List<InputRule<Held>> rules = new ArrayList<>();
    private List<String> keys;
    private VertexTraits traits = VertexTraits.PLAIN;
    private Body body;
    private Obstacle describing = Obstacle.NONE;
    private int describedAt;
    private Obstacle digesting = Obstacle.NONE;
    private Digest digest;
    private String received = "";

    Step(CountingResults results, String name) {
        this.results = results;
        this.name = name;
        this.keys = List.of(name);
        this.body = (context, given) -> List.of(results.make(name + text(given)));
        this.digest = Digest.ofText(name);
    }

    private static String text(List<Held> given) {
        return given.isEmpty() ? "" : given.stream().map(Held::content).toList().toString();
    }

    Step on(Step... below) {
        for (Step input : below) {
            add(new Edge<>(input, 0), InputRule.byDefinition());
        }
        return this;
    }

    /** An input that also counts by its content. */
    Step onContent(Step... below) {
        for (Step input : below) {
            add(new Edge<>(input, 0), content(false));
        }
        return this;
    }

    Step onContentOnly(Step input) {
        return add(new Edge<>(input, 0), content(true));
    }

    Step on(Step input, int output, String selector) {
        return add(new Edge<>(input, output), new InputRule<>(selector, Optional.empty(), false));
    }

    private Step add(Edge<Held> edge, InputRule<Held> rule) {
        inputs.add(edge);
        rules.add(rule);
        digest = Digest.ofText(digest + " " + edge.vertex().digest() + " " + edge.output() + rule.selector());
        return this;
    }

    private InputRule<Held> content(boolean only) {
        return new InputRule<>(
                "",
                Optional.of((context, input) -> {
                    digests.incrementAndGet();
                    digesting.pass();
                    return new InputRule.Keyed(Digest.ofText(input.content()), new Ingredients(List.of()));
                }),
                only);
    }

    /** What its keys are made of, one for each cache map; otherwise its name. */
    Step keys(String... parts) {
        keys = List.of(parts);
        return this;
    }

    /** It makes this whatever its inputs are. */
    Step makes(String... outputs) {
        body = (context, given) ->
                java.util.Arrays.stream(outputs).map(results::make).toList();
        return this;
    }

    /** What it makes is there without a run. */
    Step atHand(String output) {
        received = output;
        return makes(output);
    }

    Step doing(Body other) {
        body = other;
        return this;
    }

    /** The cache map of this index is slow. */
    Step describing(int index, Obstacle obstacle) {
        describedAt = index;
        describing = obstacle;
        return this;
    }

    /** Its looks at contents are slow. */
    Step digesting(Obstacle obstacle) {
        digesting = obstacle;
        return this;
    }

    Step ignoringCache() {
        traits = new VertexTraits(true, Optional.empty(), Optional.empty());
        return this;
    }

    Edge<Held> edge() {
        return new Edge<>(this, 0);
    }

    @Override
    public Digest digest() {
        return digest;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Edge<Held>> inputs() {
        return inputs;
    }

    @Override
    public VertexTraits traits() {
        return traits;
    }

    @Override
    public CacheMap<Held> cacheMap(JobContext<Held> context, int index) throws InterruptedException {
        maps.incrementAndGet();
        if (index == describedAt) {
            describing.pass();
        }
        Ingredients.Part part = new Ingredients.Part("key", keys.get(index));
        return new CacheMap<>(
                Digest.ofText(keys.get(index)), new Ingredients(List.of(part)), rules, index == keys.size() - 1);
    }

    @Override
    public Optional<Held> atHand() {
        return received.isEmpty() ? Optional.empty() : Optional.of(results.make(received));
    }

    @Override
    public List<Held> run(JobContext<Held> context, List<Held> given) throws InterruptedException {
        runs.incrementAndGet();
        return body.run(context, given);
    }
}

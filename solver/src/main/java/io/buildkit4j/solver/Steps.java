package io.buildkit4j.solver;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.StepAccount.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** How a result comes to be: look up, look up by content, run. Each method is one procedure; waiting is waiting. */
final class Steps<R> {
    /** So many cache maps are asked for at once. */
    private static final int WINDOW = 512;

    private final Graph<R> graph;
    private final Records<R> records;
    private final Turns turns;
    private final Naming<R> naming;
    private final Ascent<R> ascent;
    private final Set<Waiting> register = ConcurrentHashMap.newKeySet();

    /** Of a graph of more than so many steps, at most so many wait for each other. */
    Steps(Graph<R> graph, Records<R> records, Turns turns, int depth) {
        this.graph = graph;
        this.records = records;
        this.turns = turns;
        this.naming = new Naming<>(this, records);
        this.ascent = new Ascent<>(this, naming, depth);
    }

    Graph<R> graph() {
        return graph;
    }

    Records<R> records() {
        return records;
    }

    /** All that somebody waits for now. */
    Set<Waiting> register() {
        return register;
    }

    Waits waits(String who) {
        return new Waits(() -> who, register, over -> {});
    }

    /** Solves an edge for jobs; the result is the caller's to close. */
    R build(Edge<R> edge, Collection<JobState<R>> jobs, Collection<Node<R>> parents, Supplier<Waits> opening)
            throws InterruptedException {
        List<Node<R>> order = graph.load(edge.vertex(), jobs, parents);
        for (int i = 0; i < order.size(); i += WINDOW) {
            define(order.subList(i, Math.min(order.size(), i + WINDOW)), opening);
        }
        ascent.climb(order, edge.output(), opening);
        try (Waits waits = opening.get()) {
            Node.Held<R> held = waits.get(result(order.getLast(), edge.output()));
            // steps below a hit were never asked for; people still want to see that they are cached
            order.forEach(Node::spared);
            return records.results().share(held.result());
        }
    }

    /** Says what building would do. */
    List<StepAccount> plan(Edge<R> edge, JobState<R> job, Supplier<Waits> opening) throws InterruptedException {
        List<Node<R>> order = graph.load(edge.vertex(), List.of(job), List.of());
        for (int i = 0; i < order.size(); i += WINDOW) {
            define(order.subList(i, Math.min(order.size(), i + WINDOW)), opening);
        }
        return new Foresight<>(this).look(order, edge.output());
    }

    /** What became of the steps of a job. */
    List<StepAccount> accounts(JobState<R> job, int limit) {
        Accounting<R> accounting = new Accounting<>(records);
        List<Node<R>> wanted = graph.wanted(job);
        boolean many = wanted.size() > limit;
        return wanted.stream()
                .filter(node -> !many || node.verdict != Verdict.SPARED)
                .limit(limit)
                .flatMap(node -> accounting.of(node).stream())
                .toList();
    }

    private void define(List<Node<R>> nodes, Supplier<Waits> opening) throws InterruptedException {
        try (Waits waits = opening.get()) {
            List<Node<R>> undefined =
                    nodes.stream().filter(node -> node.definition == null).toList();
            List<Shared.Ticket<CacheMap<R>>> maps = new ArrayList<>(undefined.size());
            for (Node<R> node : undefined) {
                maps.add(waits.on(map(node, 0)));
            }
            waits.await();
            for (int i = 0; i < undefined.size(); i++) {
                undefined.get(i).definition =
                        Naming.define(undefined.get(i), maps.get(i).value());
            }
        }
    }

    /** A cache map of a node. */
    Shared<CacheMap<R>> map(Node<R> node, int index) {
        return node.maps.get(index, absent -> new Shared<CacheMap<R>>(node.lock) {
            @Override
            String name() {
                return "cache key of " + node.vertex.name();
            }

            @Override
            CacheMap<R> compute() throws InterruptedException {
                return describe(node, index);
            }
        });
    }

    private CacheMap<R> describe(Node<R> node, int index) throws InterruptedException {
        try {
            CacheMap<R> map = node.vertex.cacheMap(context(node), index);
            if (map.inputs().size() != node.inputs.size()) {
                throw new SolverFault(
                        Kind.INTERNAL,
                        "it has " + node.inputs.size() + " inputs but rules for "
                                + map.inputs().size());
            }
            return map;
        } catch (RuntimeException | Error failed) {
            throw failed(node, failed);
        }
    }

    /** What a call for this node alone may ask for. */
    Context<R> context(Node<R> node) {
        return new Context<>(this, () -> List.of(node), node.progress, Optional.empty());
    }

    /** Shows a failure outside of a run and names the step in it. */
    StepFault failed(Node<R> node, Throwable cause) {
        StepFault fault = fault(node, cause);
        node.progress.failed(fault.getMessage());
        return fault;
    }

    private static StepFault fault(Node<?> node, Throwable cause) {
        return switch (cause) {
            case StepFault below -> below;
            case Fault fault -> new StepFault(node.vertex.digest(), node.vertex.name(), fault);
            default ->
                new StepFault(
                        node.vertex.digest(),
                        node.vertex.name(),
                        new SolverFault(Kind.INTERNAL, "unexpected: " + cause, cause));
        };
    }

    /** The result of one output of a node, kept as long as the node. */
    Shared<Node.Held<R>> result(Node<R> node, int output) {
        return node.results.get(output, absent -> new Shared<Node.Held<R>>(node.lock) {
            @Override
            String name() {
                return node.vertex.name();
            }

            @Override
            Node.Held<R> compute() throws InterruptedException {
                return resolve(node, output);
            }

            @Override
            void dispose(Node.Held<R> unwanted) {
                records.results().close(unwanted.result());
            }
        });
    }

    private Node.Held<R> resolve(Node<R> node, int output) throws InterruptedException {
        Optional<Node.Held<R>> hit = node.ignoresCache() ? Optional.empty() : lookUp(node, output);
        if (hit.isPresent()) {
            node.progress.cached();
            return hit.get();
        }
        try (Waits waits = waits(node.vertex.name())) {
            List<Shared.Ticket<Node.Held<R>>> inputs = new ArrayList<>(node.inputs.size());
            for (Node.Input<R> input : node.inputs) {
                inputs.add(waits.on(result(input.node(), input.output())));
            }
            waits.await();
            List<Node.Held<R>> held = inputs.stream().map(Shared.Ticket::value).toList();
            return run(node, output, naming.settle(node, held), held);
        }
    }

    /** By definition, then by content. */
    private Optional<Node.Held<R>> lookUp(Node<R> node, int output) throws InterruptedException {
        Definition definition = node.definition();
        Optional<Node.Held<R>> hit = Optional.empty();
        if (definition.trusted()) {
            hit = records.find(definition.key(), output, node);
            hit.ifPresent(found -> node.judged(Verdict.HIT_BY_DEFINITION, found.name()));
        }
        if (hit.isEmpty() && !definition.plain()) {
            Name name;
            try (Waits waits = waits(node.vertex.name())) {
                name = waits.get(naming.name(node));
            }
            if (!name.fresh()) {
                hit = records.find(name.key(), output, node);
                hit.ifPresent(found -> byContent(node, found));
            }
        }
        return hit;
    }

    private void byContent(Node<R> node, Node.Held<R> found) {
        naming.learn(node, found.name().key());
        node.judged(Verdict.HIT_BY_CONTENT, found.name());
    }

    private void refuse(Node<R> node) {
        boolean refused = graph.jobs(List.of(node)).stream()
                .anyMatch(job ->
                        job.refusal().filter(test -> test.test(node.vertex)).isPresent());
        if (refused) {
            throw new StepFault(
                    node.vertex.digest(),
                    node.vertex.name(),
                    new SolverFault(Kind.FAILED_PRECONDITION, "it would have to run, which the build does not allow"));
        }
    }

    private Node.Held<R> run(Node<R> node, int output, Naming.Settled<R> settled, List<Node.Held<R>> inputs)
            throws InterruptedException {
        boolean fresh = settled.name().fresh();
        Run<R> run = join(node, settled, inputs);
        boolean succeeded = false;
        try (Waits waits = waits(node.vertex.name())) {
            Optional<Node.Held<R>> hit =
                    fresh ? Optional.empty() : records.find(settled.name().key(), output, node);
            if (hit.isPresent()) {
                byContent(node, hit.get());
                node.progress.cached();
                return hit.get();
            }
            node.judged(Verdict.FAILED, settled.name());
            refuse(node);
            List<R> outputs = waits.get(run.outputs);
            if (output >= outputs.size()) {
                throw new SolverFault(Kind.INVALID_ARGUMENT, node.vertex.name() + " has no output " + output);
            }
            naming.learn(node, settled);
            node.judged(Verdict.RUN, settled.name());
            node.took = run.took;
            if (!run.shownBy(node)) {
                node.progress.cached();
            }
            succeeded = true;
            return new Node.Held<>(records.results().share(outputs.get(output)), settled.name());
        } finally {
            graph.leave(run, node, succeeded);
        }
    }

    /** The one run under this key; what was run again on request meets only its like. */
    private Run<R> join(Node<R> node, Naming.Settled<R> settled, List<Node.Held<R>> inputs) {
        Digest key = settled.name().fresh() ? node.identity : settled.name().key();
        List<R> shares = new ArrayList<>(inputs.size());
        inputs.forEach(held -> shares.add(records.results().share(held.result())));
        Run<R> candidate = new Run<>(key, node, shares, records.results(), run -> execute(run, settled));
        Run<R> run = candidate;
        boolean joined = false;
        try {
            run = graph.join(node, candidate);
            joined = run == candidate;
            return run;
        } finally {
            if (!joined) {
                candidate.close();
            }
        }
    }

    private List<R> execute(Run<R> run, Naming.Settled<R> settled) throws InterruptedException {
        RunProgress<R> progress = new RunProgress<>(run);
        String job = graph.jobs(progress.nodes()).stream()
                .findFirst()
                .map(JobState::id)
                .orElse("");
        try (Running running = new Running(run.first, register);
                Place place = Place.take(turns, job, running)) {
            Context<R> context = new Context<>(this, progress::nodes, progress, Optional.of(place));
            progress.started();
            long began = System.nanoTime();
            List<R> outputs = List.copyOf(run.first.vertex.run(context, run.inputs));
            run.took = System.nanoTime() - began;
            save(settled, outputs, progress);
            progress.completed("");
            return outputs;
        } catch (InterruptedException cancelled) {
            progress.completed(Progress.CANCELED);
            throw cancelled;
        } catch (RuntimeException | Error failed) {
            StepFault fault = fault(run.first, failed);
            progress.completed(run.outputs.abandoned() ? Progress.CANCELED : fault.getMessage());
            throw fault;
        }
    }

    /** A result that cannot be kept is still a result. */
    private void save(Naming.Settled<R> settled, List<R> outputs, VertexProgress progress) throws InterruptedException {
        try {
            records.save(settled.name().key(), outputs);
            records.describe(settled.map().digest(), settled.map().ingredients());
            records.describe(settled.name().key(), Keys.describe(settled.map(), settled.slots()));
        } catch (Fault unsaved) {
            progress.warn(1, "the result is not kept in the cache", unsaved.getMessage(), "");
        } catch (InterruptedException | RuntimeException | Error failed) {
            outputs.forEach(records.results()::close);
            throw failed;
        }
    }
}

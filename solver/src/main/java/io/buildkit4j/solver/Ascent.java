package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Begins a deep graph at its bottom. Left alone, a step waits for its input, which waits for its own, a thread each all the
 * way down. Here it is seen beforehand which names and results will be asked for in any case, and these are asked for
 * inputs first, so that only so many threads wait at any time. It asks for nothing that would not be asked for otherwise.
 */
final class Ascent<R> {
    private final Steps<R> steps;
    private final Naming<R> naming;
    private final int window;

    /** With so many under way at most. */
    Ascent(Steps<R> steps, Naming<R> naming, int window) {
        this.steps = steps;
        this.naming = naming;
        this.window = window;
    }

    /** Makes what the last node needs, when the graph is deeper than threads should wait. */
    void climb(List<Node<R>> order, int output, Supplier<Waits> opening) throws InterruptedException {
        if (order.size() <= window) {
            return;
        }
        Set<Node<R>> unnamed = new HashSet<>();
        wanted(order, output, unnamed::add);
        spread(order, unnamed);
        try (Waits waits = opening.get()) {
            for (Node<R> node : order) {
                if (unnamed.contains(node)) {
                    waits.on(naming.name(node), window);
                }
            }
            waits.await();
        }
        Map<Node<R>, Set<Integer>> wanted = wanted(order, output, node -> {});
        try (Waits waits = opening.get()) {
            for (Node<R> node : order) {
                for (int made : wanted.getOrDefault(node, Set.of())) {
                    waits.on(steps.result(node, made), window);
                }
            }
            waits.await();
        }
    }

    /** Results that are needed whatever happens, as far as names are known: of what is not found, all inputs. */
    private Map<Node<R>, Set<Integer>> wanted(List<Node<R>> order, int output, Consumer<Node<R>> unnamed) {
        Map<Node<R>, Set<Integer>> wanted = HashMap.newHashMap(order.size());
        wanted.put(order.getLast(), Set.of(output));
        for (Node<R> node : order.reversed()) {
            Set<Integer> outputs = wanted.get(node);
            if (outputs == null
                    || (node.definition().trusted() && found(node.definition().key(), outputs))) {
                continue;
            }
            if (node.ignoresCache()) {
                want(node.inputs, wanted);
                continue;
            }
            Optional<Name> name = naming.known(node);
            if (name.isEmpty()) {
                unnamed.accept(node);
            } else if (name.get().fresh() || !found(name.get().key(), outputs)) {
                want(node.inputs, wanted);
            }
        }
        return wanted;
    }

    private boolean found(Digest key, Set<Integer> outputs) {
        return outputs.stream().allMatch(output -> steps.records().has(key, output));
    }

    private void want(List<Node.Input<R>> inputs, Map<Node<R>, Set<Integer>> wanted) {
        for (Node.Input<R> input : inputs) {
            wanted.merge(input.node(), Set.of(input.output()), Ascent::union);
        }
    }

    private static Set<Integer> union(Set<Integer> some, Set<Integer> more) {
        if (some.containsAll(more)) {
            return some;
        }
        Set<Integer> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    /** Adds the nodes whose names go into these names. */
    private void spread(List<Node<R>> order, Set<Node<R>> unnamed) {
        for (Node<R> node : order.reversed()) {
            if (unnamed.contains(node)) {
                for (int i = 0; i < node.inputs.size(); i++) {
                    if (naming.asks(node, i)) {
                        unnamed.add(node.inputs.get(i).node());
                    }
                }
            }
        }
    }
}

package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.StepAccount.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tells what became of nodes. It reads what is there, computes nothing, and costs a few look-ups a node. */
final class Accounting<R> {
    private final Records<R> records;

    Accounting(Records<R> records) {
        this.records = records;
    }

    /** The account of a node; absent when it was never defined. */
    Optional<StepAccount> of(Node<R> node) {
        return of(node, node.verdict, Optional.ofNullable(node.name), Map.of());
    }

    /** The account of a node of which only this is foreseen. */
    Optional<StepAccount> of(Node<R> node, Verdict verdict, Optional<Name> foreseen, Map<Integer, Digest> contents) {
        Definition definition = node.definition;
        if (definition == null) {
            return Optional.empty();
        }
        Optional<Digest> key = foreseen.map(Name::key).or(() -> learned(definition));
        List<CacheMap<R>> maps = maps(node);
        List<Ingredients.Part> parts = new ArrayList<>();
        maps.forEach(map -> parts.addAll(map.ingredients().parts()));
        return Optional.of(new StepAccount(
                node.vertex.digest(),
                node.vertex.name(),
                node.vertex.traits().group(),
                verdict,
                node.ignoresCache(),
                definition.key(),
                key,
                key.flatMap(known -> records.newest(known)),
                new Ingredients(parts),
                inputs(node, maps, contents),
                node.lost,
                Duration.ofNanos(node.took)));
    }

    private Optional<Digest> learned(Definition definition) {
        if (definition.plain()) {
            return Optional.of(definition.key());
        }
        return definition.opaque() ? Optional.empty() : records.meaning(definition.key());
    }

    private List<CacheMap<R>> maps(Node<R> node) {
        Map<Integer, CacheMap<R>> known = new TreeMap<>();
        node.maps.forEach((index, shared) -> {
            CacheMap<R> map = shared.known();
            if (map != null) {
                known.put(index, map);
            }
        });
        return List.copyOf(known.values());
    }

    private List<StepAccount.Input> inputs(Node<R> node, List<CacheMap<R>> maps, Map<Integer, Digest> contents) {
        List<StepAccount.Input> inputs = new ArrayList<>(node.inputs.size());
        for (int i = 0; i < node.inputs.size(); i++) {
            Node.Input<R> input = node.inputs.get(i);
            String selector =
                    maps.isEmpty() ? "" : maps.getLast().inputs().get(i).selector();
            boolean byContent =
                    !maps.isEmpty() && maps.getLast().inputs().get(i).content().isPresent();
            Optional<Digest> content = Optional.ofNullable(contents.get(i));
            if (byContent && content.isEmpty()) {
                content = content(node, maps, i);
            }
            inputs.add(
                    new StepAccount.Input(input.node().vertex.digest(), input.output(), selector, byContent, content));
        }
        return inputs;
    }

    /** What was computed for this node, else what the input is known to look like in this place. */
    private Optional<Digest> content(Node<R> node, List<CacheMap<R>> maps, int i) {
        for (int index = maps.size() - 1; index >= 0; index--) {
            Shared<InputRule.Keyed> shared = node.contents.known(index * node.inputs.size() + i);
            InputRule.Keyed computed = shared == null ? null : shared.known();
            if (computed != null) {
                return Optional.of(computed.digest());
            }
        }
        Node.Input<R> input = node.inputs.get(i);
        Definition below = input.node().definition;
        if (below == null || !below.trusted()) {
            return Optional.empty();
        }
        return records.meaning(Keys.place(maps.getLast(), i, Keys.output(below.key(), input.output())));
    }
}

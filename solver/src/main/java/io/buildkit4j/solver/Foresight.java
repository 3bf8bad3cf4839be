package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.StepAccount.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says what solving would do, and runs nothing. Keys are made as {@link Naming} makes them, as far as they can be known:
 * content is hashed where it is there already (results in the cache, directories that were received), and where it would have
 * to be made first, the answer is that nobody knows.
 */
final class Foresight<R> {
    private final Steps<R> steps;
    private final Records<R> records;
    private final Map<Node<R>, Foreseen> foreseen = new HashMap<>();
    /** Digests of what inputs contain, by their numbers. */
    private final Map<Node<R>, Map<Integer, Digest>> contents = new HashMap<>();

    /** Its name is absent where it depends on what nobody knows. */
    private record Foreseen(Verdict verdict, Optional<Name> name) {
        boolean found() {
            return verdict == Verdict.HIT_BY_DEFINITION || verdict == Verdict.HIT_BY_CONTENT;
        }
    }

    Foresight(Steps<R> steps) {
        this.steps = steps;
        this.records = steps.records();
    }

    /**
     * Foresees what becomes of each node.
     *
     * @param order inputs before consumers, the wanted one last, all defined
     */
    List<StepAccount> look(List<Node<R>> order, int output) throws InterruptedException {
        Set<Node<R>> open = descend(order.getLast(), output);
        for (Node<R> node : order) {
            if (open.contains(node)) {
                foreseen.put(node, foresee(node, node == order.getLast() ? output : 0));
            }
        }
        Set<Node<R>> needed = needed(order.getLast());
        Accounting<R> accounting = new Accounting<>(records);
        List<StepAccount> accounts = new ArrayList<>(order.size());
        for (Node<R> node : order) {
            Foreseen seen = foreseen.get(node);
            Verdict verdict = needed.contains(node) && seen != null ? seen.verdict() : Verdict.SPARED;
            Optional<Name> name = seen == null ? Optional.empty() : seen.name();
            accounting
                    .of(node, verdict, name, contents.getOrDefault(node, Map.of()))
                    .ifPresent(accounts::add);
        }
        return accounts;
    }

    /** Looks up by definition from the top; answers the nodes that this leaves open. */
    private Set<Node<R>> descend(Node<R> top, int output) throws InterruptedException {
        Set<Node<R>> open = new HashSet<>();
        Deque<Node.Input<R>> left = new ArrayDeque<>();
        left.push(new Node.Input<>(top, output));
        while (!left.isEmpty()) {
            Node.Input<R> at = left.pop();
            if (foreseen.containsKey(at.node()) || open.contains(at.node())) {
                continue;
            }
            Definition definition = at.node().definition();
            Optional<Name> found =
                    definition.trusted() ? look(at.node(), definition.key(), at.output()) : Optional.empty();
            if (found.isPresent()) {
                foreseen.put(at.node(), new Foreseen(Verdict.HIT_BY_DEFINITION, found));
            } else {
                open.add(at.node());
                at.node().inputs.forEach(left::push);
            }
        }
        return open;
    }

    private Optional<Name> look(Node<R> node, Digest key, int output) throws InterruptedException {
        Optional<Node.Held<R>> held = records.find(key, output, node);
        held.ifPresent(found -> records.results().close(found.result()));
        return held.map(Node.Held::name);
    }

    private Foreseen foresee(Node<R> node, int output) throws InterruptedException {
        int index = 0;
        while (true) {
            CacheMap<R> map;
            try (Waits waits = steps.waits(node.vertex.name())) {
                map = waits.get(steps.map(node, index));
            }
            Optional<Name> name = name(node, map);
            boolean ignored = node.ignoresCache();
            if (name.isEmpty()) {
                return new Foreseen(ignored ? Verdict.WOULD_RUN : Verdict.UNKNOWN, name);
            }
            Optional<Name> found = name.get().fresh()
                    ? Optional.empty()
                    : look(node, name.get().key(), output);
            if (found.isPresent()) {
                return new Foreseen(Verdict.HIT_BY_CONTENT, found);
            }
            if (map.last()) {
                return new Foreseen(Verdict.WOULD_RUN, name);
            }
            index++;
        }
    }

    private Optional<Name> name(Node<R> node, CacheMap<R> map) throws InterruptedException {
        List<Keys.Slot> slots = new ArrayList<>(node.inputs.size());
        for (int i = 0; i < node.inputs.size(); i++) {
            Optional<Keys.Slot> slot =
                    map.inputs().get(i).content().isPresent() ? content(node, map, i) : byName(node.inputs.get(i));
            if (slot.isEmpty()) {
                return Optional.empty();
            }
            slots.add(slot.get());
        }
        boolean fresh = node.ignoresCache() || slots.stream().anyMatch(Keys.Slot::fresh);
        return Optional.of(new Name(Keys.vertex(map, slots), fresh));
    }

    private Optional<Keys.Slot> byName(Node.Input<R> input) {
        return name(input).map(name -> new Keys.Slot(Keys.output(name.key(), input.output()), false, name.fresh()));
    }

    private Optional<Name> name(Node.Input<R> input) {
        Foreseen below = foreseen.get(input.node());
        return below == null ? Optional.empty() : below.name();
    }

    private Optional<Keys.Slot> content(Node<R> node, CacheMap<R> map, int i) throws InterruptedException {
        Node.Input<R> input = node.inputs.get(i);
        InputRule<R> rule = map.inputs().get(i);
        Definition below = input.node().definition();
        Optional<Digest> known = Optional.empty();
        if (below.trusted() && !rule.contentOnly()) {
            known = records.meaning(Keys.place(map, i, Keys.output(below.key(), input.output())));
        }
        Optional<Name> name = name(input).filter(made -> !made.fresh());
        if (known.isEmpty() && name.isPresent()) {
            known = records.meaning(Keys.place(map, i, Keys.output(name.get().key(), input.output())));
        }
        if (known.isEmpty()) {
            known = hash(node, rule, input);
        }
        known.ifPresent(digest ->
                contents.computeIfAbsent(node, absent -> new HashMap<>(1)).put(i, digest));
        return known.map(digest -> new Keys.Slot(digest, true, false));
    }

    /** Hashes an input that is there: found in the cache, or received when it was described. */
    private Optional<Digest> hash(Node<R> node, InputRule<R> rule, Node.Input<R> input) throws InterruptedException {
        Foreseen below = foreseen.get(input.node());
        Optional<R> there = Optional.empty();
        if (below != null && below.found() && below.name().isPresent()) {
            there = records.find(below.name().get().key(), input.output(), input.node())
                    .map(Node.Held::result);
        } else if (input.output() == 0) {
            there = input.node().vertex.atHand();
        }
        if (there.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(rule.content()
                    .orElseThrow()
                    .digest(steps.context(node), there.get())
                    .digest());
        } finally {
            records.results().close(there.get());
        }
    }

    /** Nodes whose results are asked for: from the top down to what is found. */
    private Set<Node<R>> needed(Node<R> top) {
        Set<Node<R>> needed = new HashSet<>();
        Deque<Node<R>> left = new ArrayDeque<>();
        left.push(top);
        while (!left.isEmpty()) {
            Node<R> node = left.pop();
            Foreseen seen = foreseen.get(node);
            if (needed.add(node) && (seen == null || !seen.found())) {
                node.inputs.forEach(input -> left.push(input.node()));
            }
        }
        return needed;
    }
}

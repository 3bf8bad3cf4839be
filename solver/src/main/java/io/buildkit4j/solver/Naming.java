package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How vertices get their keys: from definitions, from what is known, and in the end from what was really used. */
final class Naming<R> {
    private final Steps<R> steps;
    private final Records<R> records;

    Naming(Steps<R> steps, Records<R> records) {
        this.steps = steps;
        this.records = records;
    }

    /**
     * The keys of a vertex whose inputs are all there.
     *
     * @param map the last cache map, which the name is made from, with the slots that went into it
     * @param aliases keys from the earlier cache maps
     */
    record Settled<R>(Name name, CacheMap<R> map, List<Keys.Slot> slots, List<Digest> aliases) {}

    /** The definition of a node whose inputs are defined. */
    static <R> Definition define(Node<R> node, CacheMap<R> map) {
        boolean fresh = node.ignoresCache();
        boolean opaque = false;
        boolean plain = map.last();
        List<Keys.Slot> slots = new ArrayList<>(node.inputs.size());
        for (int i = 0; i < node.inputs.size(); i++) {
            Definition below = node.inputs.get(i).node().definition();
            InputRule<R> rule = map.inputs().get(i);
            fresh |= below.fresh();
            opaque |= below.opaque() || rule.contentOnly();
            plain &= below.plain() && rule.content().isEmpty();
            slots.add(new Keys.Slot(key(below.key(), node.inputs.get(i)), false, below.fresh()));
        }
        return new Definition(Keys.vertex(map, slots), fresh, opaque, plain);
    }

    private static Digest key(Digest vertexKey, Node.Input<?> input) {
        return Keys.output(vertexKey, input.output());
    }

    /** The strongest name that can be found without running the node: executes at most inputs that count by content. */
    Shared<Name> name(Node<R> node) {
        return node.names.get(0, absent -> new Shared<Name>(node.lock) {
            @Override
            String name() {
                return "cache key by content of " + node.vertex.name();
            }

            @Override
            Name compute() throws InterruptedException {
                return probe(node);
            }
        });
    }

    /** The name, when it is there already. */
    Optional<Name> known(Node<R> node) {
        if (node.definition().plain()) {
            return Optional.of(
                    new Name(node.definition().key(), node.definition().fresh()));
        }
        Shared<Name> shared = node.names.known(0);
        return shared == null ? Optional.empty() : Optional.ofNullable(shared.known());
    }

    /** Whether a node's name cannot be made without the name of this input. */
    boolean asks(Node<R> node, int i) {
        CacheMap<R> map = steps.map(node, 0).known();
        return map != null
                && !map.inputs().get(i).contentOnly()
                && early(node, map, i).isEmpty();
    }

    /** One cache map after the other, until a key is known or there are no more. */
    private Name probe(Node<R> node) throws InterruptedException {
        int index = 0;
        while (true) {
            CacheMap<R> map;
            try (Waits waits = steps.waits(node.vertex.name())) {
                map = waits.get(steps.map(node, index));
            }
            List<Keys.Slot> slots = predict(node, map, index);
            Digest key = Keys.vertex(map, slots);
            boolean fresh = node.ignoresCache() || slots.stream().anyMatch(Keys.Slot::fresh);
            Optional<Digest> known = fresh ? Optional.empty() : records.known(key);
            if (known.isPresent()) {
                return new Name(known.get(), false);
            }
            if (map.last()) {
                return new Name(key, fresh);
            }
            index++;
        }
    }

    /** What the inputs contribute, with what is already known of their content; the rest is executed. */
    private List<Keys.Slot> predict(Node<R> node, CacheMap<R> map, int index) throws InterruptedException {
        Keys.Slot[] slots = new Keys.Slot[node.inputs.size()];
        List<Optional<Shared.Ticket<Name>>> names = new ArrayList<>(slots.length);
        try (Waits waits = steps.waits(node.vertex.name())) {
            for (int i = 0; i < slots.length; i++) {
                Optional<Keys.Slot> early = early(node, map, i);
                boolean named = early.isEmpty() && !map.inputs().get(i).contentOnly();
                slots[i] = early.orElse(null);
                names.add(named ? Optional.of(waits.on(name(node.inputs.get(i).node()))) : Optional.empty());
            }
            waits.await();
            List<Integer> unmatched = new ArrayList<>();
            for (int i = 0; i < slots.length; i++) {
                if (names.get(i).isPresent()) {
                    Name name = names.get(i).get().value();
                    slots[i] = slot(node, map, i, name).orElse(null);
                }
                if (slots[i] == null) {
                    unmatched.add(i);
                }
            }
            execute(node, index, unmatched, slots);
        }
        return Arrays.asList(slots);
    }

    private void execute(Node<R> node, int index, List<Integer> unmatched, Keys.Slot[] slots)
            throws InterruptedException {
        if (unmatched.isEmpty()) {
            return;
        }
        try (Waits waits = steps.waits(node.vertex.name())) {
            List<Shared.Ticket<InputRule.Keyed>> contents = new ArrayList<>(unmatched.size());
            for (int i : unmatched) {
                contents.add(waits.on(content(node, index, i)));
            }
            waits.await();
            for (int n = 0; n < contents.size(); n++) {
                slots[unmatched.get(n)] = new Keys.Slot(contents.get(n).value().digest(), true, false);
            }
        }
    }

    /** What can be said of an input at once, without looking further down. */
    private Optional<Keys.Slot> early(Node<R> node, CacheMap<R> map, int i) {
        Node.Input<R> input = node.inputs.get(i);
        Definition below = input.node().definition();
        InputRule<R> rule = map.inputs().get(i);
        if (rule.content().isPresent()) {
            boolean usable = below.trusted() && !rule.contentOnly();
            return usable ? matched(map, i, key(below.key(), input)) : Optional.empty();
        }
        Optional<Name> made = made(input);
        if (made.isEmpty() && below.plain()) {
            made = Optional.of(new Name(below.key(), below.fresh()));
        }
        if (made.isEmpty() && below.trusted()) {
            made = records.meaning(below.key()).map(key -> new Name(key, false));
        }
        return made.map(name -> new Keys.Slot(key(name.key(), input), false, name.fresh()));
    }

    /** The name of an input's result that is there already. */
    private Optional<Name> made(Node.Input<R> input) {
        Shared<Node.Held<R>> result = input.node().results.known(input.output());
        return result == null
                ? Optional.empty()
                : Optional.ofNullable(result.known()).map(Node.Held::name);
    }

    private Optional<Keys.Slot> slot(Node<R> node, CacheMap<R> map, int i, Name name) {
        Digest key = key(name.key(), node.inputs.get(i));
        if (map.inputs().get(i).content().isEmpty()) {
            return Optional.of(new Keys.Slot(key, false, name.fresh()));
        }
        return name.fresh() ? Optional.empty() : matched(map, i, key);
    }

    private Optional<Keys.Slot> matched(CacheMap<R> map, int i, Digest inputKey) {
        return records.meaning(Keys.place(map, i, inputKey)).map(content -> new Keys.Slot(content, true, false));
    }

    /** The content of an input as the node sees it; executes the input. */
    private Shared<InputRule.Keyed> content(Node<R> node, int index, int i) {
        return node.contents.get(index * node.inputs.size() + i, absent -> new Shared<InputRule.Keyed>(node.lock) {
            @Override
            String name() {
                return "content of input " + i + " of " + node.vertex.name();
            }

            @Override
            InputRule.Keyed compute() throws InterruptedException {
                return digest(node, index, i);
            }
        });
    }

    private InputRule.Keyed digest(Node<R> node, int index, int i) throws InterruptedException {
        Node.Input<R> input = node.inputs.get(i);
        try (Waits waits = steps.waits(node.vertex.name())) {
            CacheMap<R> map = waits.get(steps.map(node, index));
            InputRule.ContentDigest<R> rule = map.inputs().get(i).content().orElseThrow();
            Node.Held<R> held = waits.get(steps.result(input.node(), input.output()));
            InputRule.Keyed keyed;
            try {
                keyed = rule.digest(steps.context(node), held.result());
            } catch (RuntimeException | Error failed) {
                throw steps.failed(node, failed);
            }
            records.describe(keyed.digest(), keyed.ingredients());
            Definition below = input.node().definition();
            Digest keeper = held.name().key();
            if (!below.opaque()) {
                records.learn(Keys.place(map, i, key(below.key(), input)), keyed.digest(), keeper);
            }
            records.learn(Keys.place(map, i, key(keeper, input)), keyed.digest(), keeper);
            return keyed;
        }
    }

    /** The keys of a node from the inputs that were really made or found. */
    Settled<R> settle(Node<R> node, List<Node.Held<R>> inputs) throws InterruptedException {
        List<Digest> aliases = new ArrayList<>(0);
        int index = 0;
        while (true) {
            CacheMap<R> map;
            try (Waits waits = steps.waits(node.vertex.name())) {
                map = waits.get(steps.map(node, index));
            }
            List<Keys.Slot> slots = actual(node, map, index, inputs);
            Digest key = asDefined(node, slots) ? node.definition().key() : Keys.vertex(map, slots);
            if (map.last()) {
                boolean fresh = node.ignoresCache() || slots.stream().anyMatch(Keys.Slot::fresh);
                return new Settled<>(new Name(key, fresh), map, slots, aliases);
            }
            aliases.add(key);
            index++;
        }
    }

    /** Whether the key can be no other than that of the definition, which spares making it again. */
    private static boolean asDefined(Node<?> node, List<Keys.Slot> slots) {
        boolean same = node.definition().plain();
        for (int i = 0; same && i < slots.size(); i++) {
            Node.Input<?> input = node.inputs.get(i);
            same = slots.get(i).digest().equals(key(input.node().definition().key(), input));
        }
        return same;
    }

    private List<Keys.Slot> actual(Node<R> node, CacheMap<R> map, int index, List<Node.Held<R>> inputs)
            throws InterruptedException {
        Keys.Slot[] slots = new Keys.Slot[node.inputs.size()];
        List<Integer> byContent = new ArrayList<>(0);
        for (int i = 0; i < slots.length; i++) {
            Name name = inputs.get(i).name();
            if (map.inputs().get(i).content().isPresent()) {
                byContent.add(i);
            } else {
                slots[i] = new Keys.Slot(key(name.key(), node.inputs.get(i)), false, name.fresh());
            }
        }
        execute(node, index, byContent, slots);
        return Arrays.asList(slots);
    }

    /** Notes what the node's definition turned out to mean. */
    void learn(Node<R> node, Digest key) {
        Definition definition = node.definition();
        if (!definition.opaque()) {
            records.learn(definition.key(), key);
        }
    }

    /** Notes all keys of a node that has run. */
    void learn(Node<R> node, Settled<R> settled) {
        learn(node, settled.name().key());
        settled.aliases().forEach(alias -> records.learn(alias, settled.name().key()));
    }
}

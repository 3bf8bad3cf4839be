package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * The run of one vertex under one key, for all nodes that turned out to have that key. It owns holds on its inputs, so that
 * it survives the node that began it, and keeps its outputs until no node uses them.
 */
final class Run<R> implements AutoCloseable {
    final Digest key;
    final Node<R> first;
    final List<R> inputs;
    final Shared<List<R>> outputs;
    private final ResultStore<R> results;

    /** Nodes that have shown the run as theirs. */
    private final Set<Node<R>> speakers = new CopyOnWriteArraySet<>();

    /**
     * Nodes that wait for or use it, in order of joining, with how many of their threads wait. Guarded by the graph's lock.
     */
    final Map<Node<R>, Integer> users = LinkedHashMap.newLinkedHashMap(1);

    /** The same nodes, for anybody. */
    volatile List<Node<R>> audience = List.of();

    /** Nanoseconds that it took, once it has ended well. */
    volatile long took;

    /** Runs the vertex and answers its outputs. */
    @FunctionalInterface
    interface Work<R> {
        List<R> run(Run<R> run) throws InterruptedException;
    }

    /** Takes the holds on the inputs over. */
    Run(Digest key, Node<R> first, List<R> inputs, ResultStore<R> results, Work<R> work) {
        this.key = key;
        this.first = first;
        this.inputs = inputs;
        this.results = results;
        this.outputs = new Shared<>(
                () -> "run " + first.vertex.name(), () -> work.run(this), made -> made.forEach(results::close));
    }

    /** Shows the run as this node's. */
    Progress speak(Node<R> node) {
        if (speakers.add(node)) {
            node.progress.started(false);
        }
        return node.progress;
    }

    /** Whether the node has shown the run as its own, rather than having found what another one made. */
    boolean shownBy(Node<R> node) {
        return speakers.contains(node);
    }

    /** Closes the outputs and the holds on the inputs; nobody uses the run any more. */
    @Override
    public void close() {
        outputs.close();
        inputs.forEach(results::close);
    }
}

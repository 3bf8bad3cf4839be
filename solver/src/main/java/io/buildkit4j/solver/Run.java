package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

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

    /** Nodes that have shown the run as theirs, mostly one. Changed under its lock. */
    private volatile List<Node<R>> speakers = List.of();

    /** A node that waits for or uses a run, and how many of its threads wait; the count is guarded by the graph's lock. */
    static final class User<R> {
        final Node<R> node;
        int waiting;

        User(Node<R> node) {
            this.node = node;
        }
    }

    /** In order of joining, mostly one. Changed under the graph's lock. */
    volatile List<User<R>> users = List.of();

    private final ReentrantLock lock = new ReentrantLock();

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
        this.outputs = new Shared<List<R>>(lock) {
            @Override
            String name() {
                return "run " + first.vertex.name();
            }

            @Override
            List<R> compute() throws InterruptedException {
                return work.run(Run.this);
            }

            @Override
            void dispose(List<R> unwanted) {
                unwanted.forEach(results::close);
            }
        };
    }

    /** Shows the run as this node's. */
    Progress speak(Node<R> node) {
        boolean first = false;
        if (!speakers.contains(node)) {
            lock.lock();
            try {
                first = !speakers.contains(node);
                if (first) {
                    speakers = Few.with(speakers, node);
                }
            } finally {
                lock.unlock();
            }
        }
        if (first) {
            node.progress.started(false);
        }
        return node.progress;
    }

    /** The place of a node among the users. */
    Optional<User<R>> user(Node<R> node) {
        for (User<R> user : users) {
            if (user.node == node) {
                return Optional.of(user);
            }
        }
        return Optional.empty();
    }

    /** Nodes that wait for or use it now, in order of joining. */
    List<Node<R>> audience() {
        List<User<R>> now = users;
        return now.size() == 1
                ? List.of(now.getFirst().node)
                : now.stream().map(user -> user.node).toList();
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

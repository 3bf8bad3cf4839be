package io.buildkit4j.solver;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** All nodes that some job wants and all runs that some node uses: who is interested in what. */
final class Graph<R> {
    /** Guards both maps and the guarded fields of nodes and runs; never held while anything of a vertex is called. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Digest, Node<R>> nodes = new HashMap<>();
    private final Map<Digest, Run<R>> runs = new HashMap<>();
    private final EventJournal journal;

    Graph(EventJournal journal) {
        this.journal = journal;
    }

    /**
     * Makes nodes of a graph of vertices, or finds them, and notes the jobs' interest.
     *
     * @param parents nodes that ask for it while they run; empty when a job asks itself
     * @return inputs before consumers, the edge's own node last
     */
    List<Node<R>> load(Vertex<R> top, Collection<JobState<R>> jobs, Collection<Node<R>> parents) {
        List<Walk.Seen<R>> seen = Walk.from(top);
        List<Node<R>> order = new ArrayList<>(seen.size());
        List<Subscription> subscriptions = new ArrayList<>();
        Set<Node<R>> below = LinkedHashSet.newLinkedHashSet(seen.size());
        Optional<JobState<R>> apart =
                jobs.stream().filter(job -> job.refusal().isPresent()).findFirst();
        lock.lock();
        try {
            Map<Digest, Node<R>> byDigest = HashMap.newHashMap(seen.size());
            for (Walk.Seen<R> one : seen) {
                Node<R> node = intern(one, apart, byDigest);
                byDigest.put(one.vertex().digest(), node);
                order.add(node);
            }
            below.addAll(order);
            addBuilt(below);
            refuseReleased(jobs, below);
            adopt(order.getLast(), below, parents);
            below.forEach(node -> jobs.forEach(job -> register(job, node, subscriptions)));
        } finally {
            lock.unlock();
        }
        below.forEach(node -> node.progress.queued());
        subscriptions.forEach(Subscription::deliver);
        return order;
    }

    private Node<R> intern(Walk.Seen<R> one, Optional<JobState<R>> apart, Map<Digest, Node<R>> byDigest) {
        Digest identity = apart.map(job -> Keys.apart(one.identity(), job.id())).orElse(one.identity());
        Node<R> known = nodes.get(identity);
        if (known != null) {
            return known;
        }
        List<Node.Input<R>> inputs = new ArrayList<>(one.inputs().size());
        for (Edge<R> input : one.inputs()) {
            Node<R> below = byDigest.get(input.vertex().digest());
            inputs.add(new Node.Input<>(Objects.requireNonNull(below), input.output()));
        }
        Node<R> node = new Node<>(one.vertex(), identity, inputs, new Progress(one.vertex(), journal));
        nodes.put(identity, node);
        return node;
    }

    /** Adds what nodes of the set asked to build while they ran, and everything below that. */
    private void addBuilt(Set<Node<R>> set) {
        ArrayDeque<Node<R>> open = new ArrayDeque<>();
        set.forEach(node -> open.addAll(node.built));
        while (!open.isEmpty()) {
            Node<R> node = open.pop();
            if (set.add(node)) {
                open.addAll(node.built);
                node.inputs.forEach(input -> open.add(input.node()));
            }
        }
    }

    private void adopt(Node<R> top, Set<Node<R>> below, Collection<Node<R>> parents) {
        for (Node<R> parent : parents) {
            if (below.contains(parent)) {
                below.forEach(this::dropUnwanted);
                throw new SolverFault(
                        Kind.INVALID_ARGUMENT,
                        "the graph has a cycle: " + parent.vertex.name() + " asks to build what needs it");
            }
        }
        for (Node<R> parent : parents) {
            if (!parent.built.contains(top)) {
                List<Node<R>> built = new ArrayList<>(parent.built);
                built.add(top);
                parent.built = List.copyOf(built);
            }
        }
    }

    private void refuseReleased(Collection<JobState<R>> jobs, Set<Node<R>> below) {
        if (jobs.stream().allMatch(job -> job.released)) {
            below.forEach(this::dropUnwanted);
            throw new SolverFault(Kind.CANCELED, "the build that wanted this was closed");
        }
    }

    private void dropUnwanted(Node<R> node) {
        if (node.jobs.isEmpty()) {
            nodes.remove(node.identity);
        }
    }

    private void register(JobState<R> job, Node<R> node, List<Subscription> subscriptions) {
        if (!job.released && !node.jobs.containsKey(job)) {
            Subscription subscription = node.progress.subscribe(job.events());
            node.jobs.put(job, subscription);
            job.nodes.add(node);
            subscriptions.add(subscription);
        }
    }

    /** Ends a job's interest in everything. */
    void release(JobState<R> job) {
        List<Node<R>> unwanted = new ArrayList<>();
        List<Run<R>> unused = new ArrayList<>();
        lock.lock();
        try {
            job.released = true;
            for (Node<R> node : job.nodes) {
                Subscription subscription = node.jobs.remove(job);
                if (subscription != null) {
                    node.progress.unsubscribe(subscription);
                }
                if (node.jobs.isEmpty()) {
                    nodes.remove(node.identity, node);
                    unwanted.add(node);
                    List.copyOf(node.runs).forEach(run -> drop(run, node, unused));
                }
            }
            job.nodes.clear();
        } finally {
            lock.unlock();
        }
        unwanted.forEach(Node::close);
        unused.forEach(Run::close);
    }

    /** The run of a key: the one that is known, or else the given one. The node uses it until {@link #leave}. */
    Run<R> join(Node<R> node, Run<R> fresh) {
        lock.lock();
        try {
            Run<R> run = runs.computeIfAbsent(fresh.key, absent -> fresh);
            Set<Node<R>> awaited = new HashSet<>(run.nodes);
            addBuilt(awaited);
            if (!run.nodes.contains(node) && awaited.contains(node)) {
                throw new SolverFault(
                        Kind.INVALID_ARGUMENT, "the graph has a cycle: " + node.vertex.name() + " builds itself");
            }
            if (!run.nodes.contains(node)) {
                run.nodes.add(node);
                node.runs.add(run);
            }
            run.waiting.merge(node, 1, Integer::sum);
            return run;
        } finally {
            lock.unlock();
        }
    }

    /** A place at a run ends. The node goes on to use the run's outputs when there are any and some job wants the node. */
    void leave(Run<R> run, Node<R> node, boolean succeeded) {
        List<Run<R>> unused = new ArrayList<>(1);
        lock.lock();
        try {
            run.waiting.computeIfPresent(node, (same, count) -> count == 1 ? null : count - 1);
            if (!run.waiting.containsKey(node) && (!succeeded || node.jobs.isEmpty())) {
                drop(run, node, unused);
            }
        } finally {
            lock.unlock();
        }
        unused.forEach(Run::close);
    }

    private void drop(Run<R> run, Node<R> node, List<Run<R>> unused) {
        if (run.waiting.containsKey(node)) {
            return;
        }
        node.runs.remove(run);
        if (run.nodes.remove(node) && run.nodes.isEmpty()) {
            runs.remove(run.key, run);
            unused.add(run);
        }
    }

    /** Jobs that want any of these nodes now, the longest open first. */
    List<JobState<R>> jobs(Collection<Node<R>> wanted) {
        TreeMap<Long, JobState<R>> found = new TreeMap<>();
        lock.lock();
        try {
            wanted.forEach(node -> node.jobs.keySet().forEach(job -> found.put(job.number(), job)));
        } finally {
            lock.unlock();
        }
        return List.copyOf(found.values());
    }

    /** What a job wants, inputs before consumers. */
    List<Node<R>> wanted(JobState<R> job) {
        lock.lock();
        try {
            return List.copyOf(job.nodes);
        } finally {
            lock.unlock();
        }
    }

    /** Nodes that wait for or use a run. */
    List<Node<R>> nodes(Run<R> run) {
        lock.lock();
        try {
            return List.copyOf(run.nodes);
        } finally {
            lock.unlock();
        }
    }

    /** The node that a run is shown as: the first that some job wants. */
    Node<R> speaker(Run<R> run) {
        lock.lock();
        try {
            for (Node<R> node : run.nodes) {
                if (!node.jobs.isEmpty()) {
                    return node;
                }
            }
            return run.first;
        } finally {
            lock.unlock();
        }
    }

    /** How many nodes are wanted. */
    int size() {
        lock.lock();
        try {
            return nodes.size() + runs.size();
        } finally {
            lock.unlock();
        }
    }
}

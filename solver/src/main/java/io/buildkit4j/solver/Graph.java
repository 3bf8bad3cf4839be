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
    private final Pulse pulse;

    Graph(EventJournal journal, Pulse pulse) {
        this.journal = journal;
        this.pulse = pulse;
    }

    /**
     * Makes nodes of a graph of vertices, or finds them, and notes the jobs' interest.
     *
     * @param parents nodes that ask for it while they run; empty when a job asks itself
     * @return inputs before consumers, the edge's own node last
     */
    List<Node<R>> load(Vertex<R> top, Collection<JobState<R>> jobs, Collection<Node<R>> parents) {
        List<Walk.Seen<R>> seen = apart(Walk.from(top), jobs);
        Map<Digest, Progress> opened = new HashMap<>();
        List<Subscription> subscriptions = new ArrayList<>();
        Set<Node<R>> below = LinkedHashSet.newLinkedHashSet(seen.size());
        List<Node<R>> order = List.of();
        try {
            while (order.isEmpty()) {
                open(seen, opened);
                lock.lock();
                try {
                    if (unknown(seen, opened).isEmpty()) {
                        order = intern(seen, opened);
                        below.addAll(order);
                        addBuilt(below);
                        refuseReleased(jobs, below);
                        adopt(order.getLast(), below, parents);
                        below.forEach(node -> jobs.forEach(job -> register(job, node, subscriptions)));
                    }
                } finally {
                    lock.unlock();
                }
            }
        } finally {
            opened.values().stream().filter(Progress::unwanted).forEach(Progress::close);
        }
        below.forEach(node -> node.progress.queued());
        subscriptions.forEach(Subscription::deliver);
        return order;
    }

    /** A job that refuses to run things shares no nodes with others. */
    private List<Walk.Seen<R>> apart(List<Walk.Seen<R>> seen, Collection<JobState<R>> jobs) {
        return jobs.stream()
                .filter(job -> job.refusal().isPresent())
                .findFirst()
                .map(job -> seen.stream()
                        .map(one -> one.known(Keys.apart(one.identity(), job.id())))
                        .toList())
                .orElse(seen);
    }

    /** Begins the histories of nodes that are not there, before the lock is held: a journal may do as it likes. */
    private void open(List<Walk.Seen<R>> seen, Map<Digest, Progress> opened) {
        List<Walk.Seen<R>> unknown;
        lock.lock();
        try {
            unknown = unknown(seen, opened);
        } finally {
            lock.unlock();
        }
        unknown.forEach(one -> opened.put(one.identity(), new Progress(one.vertex(), journal, pulse)));
    }

    private List<Walk.Seen<R>> unknown(List<Walk.Seen<R>> seen, Map<Digest, Progress> opened) {
        return seen.stream()
                .filter(one -> !opened.containsKey(one.identity()) && !nodes.containsKey(one.identity()))
                .toList();
    }

    private List<Node<R>> intern(List<Walk.Seen<R>> seen, Map<Digest, Progress> opened) {
        Map<Digest, Node<R>> byDigest = HashMap.newHashMap(seen.size());
        List<Node<R>> order = new ArrayList<>(seen.size());
        for (Walk.Seen<R> one : seen) {
            Node<R> known = nodes.get(one.identity());
            Node<R> node = known == null ? node(one, byDigest, opened) : known;
            byDigest.put(one.vertex().digest(), node);
            order.add(node);
        }
        return order;
    }

    private Node<R> node(Walk.Seen<R> one, Map<Digest, Node<R>> byDigest, Map<Digest, Progress> opened) {
        List<Node.Input<R>> inputs = new ArrayList<>(one.inputs().size());
        for (Edge<R> input : one.inputs()) {
            Node<R> below = byDigest.get(input.vertex().digest());
            inputs.add(new Node.Input<>(Objects.requireNonNull(below), input.output()));
        }
        Progress progress = Objects.requireNonNull(opened.get(one.identity()));
        Node<R> node = new Node<>(one.vertex(), one.identity(), inputs, progress);
        nodes.put(one.identity(), node);
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
        if (!job.released && interest(node, job).isEmpty()) {
            Subscription subscription = node.progress.subscribe(job.events());
            node.jobs = Few.with(node.jobs, new Node.Interest<>(job, subscription));
            node.wanted = true;
            job.nodes.add(node);
            subscriptions.add(subscription);
        }
    }

    private static <R> Optional<Node.Interest<R>> interest(Node<R> node, JobState<R> job) {
        for (Node.Interest<R> interest : node.jobs) {
            if (interest.job() == job) {
                return Optional.of(interest);
            }
        }
        return Optional.empty();
    }

    /** Ends a job's interest in everything. */
    void release(JobState<R> job) {
        List<Node<R>> unwanted = new ArrayList<>();
        List<Run<R>> unused = new ArrayList<>();
        lock.lock();
        try {
            job.released = true;
            for (Node<R> node : job.nodes) {
                interest(node, job).ifPresent(interest -> {
                    node.jobs = Few.without(node.jobs, interest);
                    node.progress.unsubscribe(interest.subscription());
                });
                if (node.jobs.isEmpty()) {
                    node.wanted = false;
                    nodes.remove(node.identity, node);
                    unwanted.add(node);
                    node.runs.forEach(run -> drop(run, node, unused));
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
            Optional<Run.User<R>> known = run.user(node);
            if (known.isEmpty()) {
                refuseCircle(run, node);
                node.runs = Few.with(node.runs, run);
                known = Optional.of(new Run.User<>(node));
                run.users = Few.with(run.users, known.get());
            }
            known.get().waiting++;
            return run;
        } finally {
            lock.unlock();
        }
    }

    private void refuseCircle(Run<R> run, Node<R> node) {
        if (run.users.isEmpty()) {
            return;
        }
        Set<Node<R>> awaited = new HashSet<>(run.audience());
        addBuilt(awaited);
        if (awaited.contains(node)) {
            throw new SolverFault(
                    Kind.INVALID_ARGUMENT, "the graph has a cycle: " + node.vertex.name() + " builds itself");
        }
    }

    /** A place at a run ends. The node goes on to use the run's outputs when there are any and some job wants the node. */
    void leave(Run<R> run, Node<R> node, boolean succeeded) {
        List<Run<R>> unused = new ArrayList<>(1);
        lock.lock();
        try {
            run.user(node).ifPresent(user -> user.waiting--);
            if (!succeeded || node.jobs.isEmpty()) {
                drop(run, node, unused);
            }
        } finally {
            lock.unlock();
        }
        unused.forEach(Run::close);
    }

    private void drop(Run<R> run, Node<R> node, List<Run<R>> unused) {
        Optional<Run.User<R>> user = run.user(node);
        if (user.isPresent() && user.get().waiting > 0) {
            return;
        }
        node.runs = Few.without(node.runs, run);
        user.ifPresent(known -> run.users = Few.without(run.users, known));
        if (user.isPresent() && run.users.isEmpty()) {
            runs.remove(run.key, run);
            unused.add(run);
        }
    }

    /** Jobs that want any of these nodes now, the longest open first. */
    List<JobState<R>> jobs(Collection<Node<R>> wanted) {
        TreeMap<Long, JobState<R>> found = new TreeMap<>();
        lock.lock();
        try {
            List<Node.Interest<R>> only = wanted.size() == 1 ? wanted.iterator().next().jobs : List.of();
            if (only.size() == 1) {
                return List.of(only.getFirst().job());
            }
            wanted.forEach(node ->
                    node.jobs.forEach(interest -> found.put(interest.job().number(), interest.job())));
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

package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.store.Ref;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The trees that a build's frontend has ids of. Nothing runs before somebody looks into a tree. Safe for any thread. */
final class Trees implements AutoCloseable {
    private final Site site;
    private final AtomicLong last = new AtomicLong();
    private final ConcurrentHashMap<String, Tree> known = new ConcurrentHashMap<>();
    private final Results held = new Results();
    private final ConcurrentHashMap<String, Ref> solved = new ConcurrentHashMap<>();

    private record Tree(Definition definition, Optional<Edge<Ref>> edge) {}

    Trees(Site site) {
        this.site = site;
    }

    /** A new id. The definition is checked now. */
    String add(Definition definition) {
        Optional<Edge<Ref>> edge = site.load(definition);
        if (edge.isEmpty()) {
            return "";
        }
        String id = site.request().ref() + "-" + last.incrementAndGet();
        known.put(id, new Tree(definition, edge));
        return id;
    }

    private Tree find(String id) {
        Tree tree = known.get(id);
        if (tree == null) {
            throw new DaemonFault(Kind.NOT_FOUND, "no such ref in this build: " + id);
        }
        return tree;
    }

    /** What stands behind an id; an empty id is the empty tree. */
    Definition definition(String id) {
        return id.isEmpty() ? Definition.scratch() : find(id).definition();
    }

    /** The tree itself, made now if it has not been. It stays this object's to close. */
    Ref solve(String id) throws InterruptedException {
        Ref before = solved.get(id);
        if (before != null) {
            return before;
        }
        Ref made = held.hold(site.solve(id.isEmpty() ? Optional.empty() : find(id).edge()));
        Ref other = solved.putIfAbsent(id, made);
        return other == null ? made : other;
    }

    @Override
    public void close() {
        held.close();
    }
}

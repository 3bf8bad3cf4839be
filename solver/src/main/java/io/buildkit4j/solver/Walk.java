package io.buildkit4j.solver;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a graph of vertices once, without recursion, inputs before consumers. */
final class Walk<R> {
    /** A vertex with what the graph below says about it. */
    record Seen<R>(Vertex<R> vertex, List<Edge<R>> inputs, Digest identity, boolean again) {
        /** The same, known by another identity. */
        Seen<R> known(Digest by) {
            return new Seen<>(vertex, inputs, by, again);
        }
    }

    private final Map<Digest, Seen<R>> seen = new HashMap<>();
    private final Map<Digest, Boolean> open = new HashMap<>();
    private final List<Seen<R>> order = new ArrayList<>();

    /** A vertex on the path, and how far its inputs were read. */
    private static final class Frame<R> {
        private final Vertex<R> vertex;
        private final List<Edge<R>> inputs;
        private int next;

        Frame(Vertex<R> vertex) {
            this.vertex = vertex;
            this.inputs = vertex.inputs();
        }
    }

    private Walk() {}

    /** All vertices below and including this one, inputs first. */
    static <R> List<Seen<R>> from(Vertex<R> top) {
        Walk<R> walk = new Walk<>();
        walk.run(top);
        return walk.order;
    }

    private void run(Vertex<R> top) {
        ArrayDeque<Frame<R>> path = new ArrayDeque<>();
        path.push(enter(top));
        while (!path.isEmpty()) {
            Frame<R> frame = path.peek();
            if (frame.next == frame.inputs.size()) {
                path.pop();
                leave(frame);
                continue;
            }
            Vertex<R> input = frame.inputs.get(frame.next++).vertex();
            if (open.containsKey(input.digest())) {
                throw new SolverFault(
                        Kind.INVALID_ARGUMENT, "the graph has a cycle: " + input.name() + " is needed to make itself");
            }
            if (!seen.containsKey(input.digest())) {
                path.push(enter(input));
            }
        }
    }

    private Frame<R> enter(Vertex<R> vertex) {
        open.put(vertex.digest(), true);
        return new Frame<>(vertex);
    }

    private void leave(Frame<R> frame) {
        Digest digest = frame.vertex.digest();
        open.remove(digest);
        boolean ignoreCache = frame.vertex.traits().ignoreCache();
        boolean again = ignoreCache;
        List<Digest> identities = new ArrayList<>(frame.inputs.size());
        for (Edge<R> input : frame.inputs) {
            Seen<R> below = seen.get(input.vertex().digest());
            if (below == null || input.output() < 0) {
                throw new SolverFault(Kind.INVALID_ARGUMENT, frame.vertex.name() + " has an input that is no output");
            }
            again |= below.again();
            identities.add(below.identity());
        }
        Digest identity = again ? Keys.again(digest, ignoreCache, identities) : digest;
        Seen<R> done = new Seen<>(frame.vertex, frame.inputs, identity, again);
        seen.put(digest, done);
        order.add(done);
    }
}

package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.VertexTraits;
import io.buildkit4j.store.Ref;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns a definition into vertices: each op that the result needs, once, after its inputs. */
final class Loader {
    private final Steps steps;

    Loader(Steps steps) {
        this.steps = steps;
    }

    /** The edge of the definition's result; nothing when that is the empty tree. */
    Optional<Edge<Ref>> load(Definition definition, Grants grants) {
        Optional<OpInput> result = definition.result();
        if (result.isEmpty()) {
            return Optional.empty();
        }
        Set<Digest> reachable = reachable(definition, result.get().digest());
        Map<Digest, OpVertex> vertices = new HashMap<>();
        for (Definition.Entry entry : definition.steps()) {
            if (reachable.contains(entry.digest())) {
                vertices.computeIfAbsent(
                        entry.digest(),
                        digest -> vertex(entry, definition.metadata(digest), inputs(entry, vertices), grants));
            }
        }
        return Optional.of(edge(result.get(), vertices));
    }

    /** Without recursion: chains of a hundred thousand ops are fine. */
    private static Set<Digest> reachable(Definition definition, Digest result) {
        Set<Digest> found = new HashSet<>();
        Deque<Digest> open = new ArrayDeque<>();
        open.push(result);
        while (!open.isEmpty()) {
            Digest digest = open.pop();
            if (found.add(digest)) {
                definition.entry(digest).inputs().forEach(input -> open.push(input.digest()));
            }
        }
        return found;
    }

    private static List<Edge<Ref>> inputs(Definition.Entry entry, Map<Digest, OpVertex> vertices) {
        List<Edge<Ref>> edges = new ArrayList<>();
        for (OpInput input : entry.inputs()) {
            edges.add(edge(input, vertices));
        }
        return edges;
    }

    private static Edge<Ref> edge(OpInput input, Map<Digest, OpVertex> vertices) {
        OpVertex vertex = vertices.get(input.digest());
        if (vertex == null) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT, "op " + input.digest() + " comes after an op that uses it, or not at all");
        }
        return new Edge<>(vertex, input.index());
    }

    private OpVertex vertex(Definition.Entry entry, OpMetadata metadata, List<Edge<Ref>> inputs, Grants grants) {
        Op op = entry.op();
        allowed(op, grants);
        if (op instanceof Op.Exec exec) {
            steps.devices().require(exec.devices(), grants);
        }
        String name = metadata.customName().orElseGet(() -> VertexNames.of(op));
        Digest digest = digest(entry, op, inputs, grants);
        return new OpVertex(digest, name, inputs, traits(metadata), steps.roomy(op, metadata, name, grants));
    }

    /**
     * The op's own digest, except for a directory that is not bound to a session, and for what is built on one: two clients
     * mean two directories by the same name.
     */
    private static Digest digest(Definition.Entry entry, Op op, List<Edge<Ref>> inputs, Grants grants) {
        if (op instanceof Op.Source source
                && source.id() instanceof SourceId.Local local
                && local.session().isEmpty()) {
            return Digest.ofText(entry.digest() + " of session " + grants.session());
        }
        boolean own = true;
        StringBuilder below = new StringBuilder(entry.digest().toString());
        for (int i = 0; i < inputs.size(); i++) {
            Digest loaded = inputs.get(i).vertex().digest();
            own &= loaded.equals(entry.inputs().get(i).digest());
            below.append(' ').append(loaded);
        }
        return own ? entry.digest() : Digest.ofText(below.toString());
    }

    private static void allowed(Op op, Grants grants) {
        if (op instanceof Op.Exec exec) {
            if (exec.network() == Op.NetworkMode.HOST) {
                require(Entitlement.NETWORK_HOST, grants);
            }
            if (exec.security() == Op.SecurityMode.INSECURE) {
                require(Entitlement.SECURITY_INSECURE, grants);
            }
        }
    }

    static void require(Entitlement entitlement, Grants grants) {
        if (!grants.entitlements().contains(entitlement)) {
            throw new WorkerFault(
                    Kind.PERMISSION_DENIED,
                    entitlement.wireName() + " is not allowed: the daemon must be configured to allow it and the build"
                            + " must ask for it with --allow " + entitlement.wireName());
        }
    }

    private static VertexTraits traits(OpMetadata metadata) {
        return new VertexTraits(
                metadata.ignoreCache(),
                metadata.exportCache(),
                metadata.progressGroup()
                        .map(group -> new VertexTraits.ProgressGroup(group.id(), group.name(), group.weak())));
    }
}

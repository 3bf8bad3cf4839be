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
import java.util.ArrayList;
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
        Reach reach = Reach.of(definition.steps(), result.get().digest());
        Map<Digest, OpVertex> vertices = new HashMap<>();
        for (Definition.Entry entry : definition.steps()) {
            if (reach.wanted.contains(entry.digest())) {
                boolean seen = reach.seen.contains(entry.digest());
                vertices.computeIfAbsent(
                        entry.digest(),
                        digest -> vertex(
                                entry,
                                inputs(entry, vertices),
                                new Steps.Asked(
                                        entry.op(),
                                        definition.metadata(digest),
                                        name(entry, definition.metadata(digest)),
                                        grants,
                                        seen)));
            }
        }
        return Optional.of(edge(result.get(), vertices));
    }

    /**
     * What the result needs.
     *
     * @param seen of these, the ops that another looks inside, if only through others that stack them
     */
    private record Reach(Set<Digest> wanted, Set<Digest> seen) {
        /** Inputs come before those that use them. */
        static Reach of(List<Definition.Entry> steps, Digest result) {
            Reach reach = new Reach(new HashSet<>(), new HashSet<>());
            reach.wanted.add(result);
            for (Definition.Entry entry : steps.reversed()) {
                if (reach.wanted.contains(entry.digest())) {
                    boolean looks = Steps.looksInside(entry.op()) || reach.seen.contains(entry.digest());
                    for (OpInput input : entry.inputs()) {
                        reach.wanted.add(input.digest());
                        if (looks) {
                            reach.seen.add(input.digest());
                        }
                    }
                }
            }
            return reach;
        }
    }

    private static String name(Definition.Entry entry, OpMetadata metadata) {
        return metadata.customName().orElseGet(() -> VertexNames.of(entry.op()));
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

    private OpVertex vertex(Definition.Entry entry, List<Edge<Ref>> inputs, Steps.Asked asked) {
        allowed(asked.op(), asked.grants());
        if (asked.op() instanceof Op.Exec exec) {
            steps.devices().require(exec.devices(), asked.grants());
        }
        Digest digest = digest(entry, asked.op(), inputs, asked.grants());
        return new OpVertex(digest, asked.name(), inputs, traits(asked.metadata()), steps.step(asked));
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

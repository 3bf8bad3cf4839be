package io.buildkit4j.buildd.build;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.StepFault;
import io.buildkit4j.solver.Vertex;
import io.buildkit4j.store.Ref;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.worker.ExitFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Finds what is to blame for a failure: {@code errdefs.Vertex} names the step, {@code errdefs.Source} carries the text and the
 * lines that it was written as, {@code errdefs.Solve} what it was to do and with what, {@code gatewayapi.ExitMessage} how its
 * process ended. All are JSON in the field names of BuildKit's messages.
 */
final class Blame {
    private static final String EXIT = "github.com/moby/buildkit/gatewayapi.ExitMessage+json";

    private final List<Loaded> loaded = new CopyOnWriteArrayList<>();

    /** A definition and the edge that it became. */
    private record Loaded(Definition definition, Edge<Ref> edge) {}

    /** Remembers where steps came from. */
    void loaded(Definition definition, Edge<Ref> edge) {
        loaded.add(new Loaded(definition, edge));
    }

    /** The failure, with what is known about it. */
    BuildFault explain(Fault fault) {
        return explain(fault, part -> "");
    }

    /** The same for a frontend, which may look into what the step was made from: {@code ids} gives it ids of definitions. */
    BuildFault explain(Fault fault, FailedStep.Ids ids) {
        if (fault instanceof BuildFault explained) {
            return explained;
        }
        List<FaultDetail> details = new ArrayList<>();
        if (fault instanceof WireFault told) {
            details.addAll(told.details());
        }
        if (fault instanceof StepFault step) {
            JsonObject vertex = new JsonObject();
            vertex.addProperty("digest", step.vertex().toString());
            details.add(FaultDetail.of("Vertex", vertex.toString()));
            find(step.vertex()).ifPresent(found -> {
                found.source().ifPresent(details::add);
                details.add(FaultDetail.of("Solve", found.solve(ids).toString()));
            });
            if (step.getCause() instanceof ExitFault exit) {
                JsonObject code = new JsonObject();
                code.addProperty("Code", exit.code());
                details.add(new FaultDetail(EXIT, code.toString()));
            }
        }
        if (fault instanceof DockerfileFault written) {
            details.add(source(written.place()));
        }
        return new BuildFault(fault, details);
    }

    /** The failure as that of a frontend. */
    BuildFault of(String frontend, String image, BuildFault known) {
        JsonObject named = new JsonObject();
        named.addProperty("name", frontend);
        if (!image.isEmpty()) {
            named.addProperty("source", image);
        }
        List<FaultDetail> details = new ArrayList<>(known.details());
        details.add(FaultDetail.of("Frontend", named.toString()));
        return new BuildFault(known, details);
    }

    /** The failure with these lines to blame, if it does not know better. */
    BuildFault at(DockerfileFault.Place place, BuildFault known) {
        if (known.details().stream().anyMatch(detail -> detail.is("Source"))) {
            return known;
        }
        List<FaultDetail> details = new ArrayList<>(known.details());
        details.add(source(place));
        return new BuildFault(known, details);
    }

    private static FaultDetail source(DockerfileFault.Place place) {
        ByteBuffer text = ByteBuffer.wrap(place.text().getBytes(StandardCharsets.UTF_8));
        return FailedStep.source(
                place.file(), text, "Dockerfile", List.of(SourceMap.Range.lines(place.first(), place.last())));
    }

    private Optional<FailedStep> find(Digest vertex) {
        for (Loaded each : loaded) {
            Optional<Digest> op = op(each, vertex);
            if (op.isPresent()) {
                return Optional.of(new FailedStep(each.definition(), op.get()));
            }
        }
        return Optional.empty();
    }

    /** A vertex may have another digest than its op (a client's directory is another for each client), so both are walked. */
    private static Optional<Digest> op(Loaded loaded, Digest wanted) {
        record Pair(Digest op, Vertex<Ref> vertex) {}
        Deque<Pair> open = new ArrayDeque<>();
        Set<Digest> seen = new HashSet<>();
        loaded.definition()
                .result()
                .ifPresent(result ->
                        open.push(new Pair(result.digest(), loaded.edge().vertex())));
        while (!open.isEmpty()) {
            Pair pair = open.pop();
            if (pair.vertex().digest().equals(wanted)) {
                return Optional.of(pair.op());
            }
            List<OpInput> inputs = loaded.definition().entry(pair.op()).inputs();
            List<Edge<Ref>> edges = pair.vertex().inputs();
            for (int i = 0; i < Math.min(inputs.size(), edges.size()); i++) {
                if (seen.add(inputs.get(i).digest())) {
                    open.push(new Pair(inputs.get(i).digest(), edges.get(i).vertex()));
                }
            }
        }
        return Optional.empty();
    }
}

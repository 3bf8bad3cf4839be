package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.buildd.history.RunningBuild;
import io.buildkit4j.exporter.ExportContext;
import io.buildkit4j.exporter.ExportInput;
import io.buildkit4j.exporter.ExportSpec;
import io.buildkit4j.exporter.Exported;
import io.buildkit4j.exporter.PlatformResult;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.frontend.Described;
import io.buildkit4j.frontend.Frontend;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Job;
import io.buildkit4j.store.Ref;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.Grants;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One build from request to answer: the spine of the daemon. {@link #run} is the natural path; every line of it is one
 * hand-over from one module to the next, and everything else of the project is behind one of them.
 */
public final class Build implements AutoCloseable {
    /** How long an output waits for the client that takes it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Workshop workshop;
    private final BuildRequest request;
    private final RunningBuild record;
    private final Job<Ref> job;
    private final Blame blame = new Blame();

    private Build(Workshop workshop, BuildRequest request, RunningBuild record) {
        this.workshop = workshop;
        this.request = request;
        this.record = record;
        this.job = workshop.solver().open(request.ref(), request.session(), record::append);
    }

    /**
     * Builds what the request asks for. Decoding the client's message (the first hand-over) has happened at the door.
     *
     * @return what the client is answered, such as the digest of the image
     * @throws BuildFault when the build fails
     * @throws InterruptedException when it was cancelled; nothing but its record is left then
     */
    public static List<Setting> run(Workshop workshop, BuildRequest request) throws InterruptedException {
        try (RunningBuild record = workshop.history().begin(request.record());
                Build build = new Build(workshop, request, record);
                Results results = new Results()) {
            try {
                Plan plan = build.describe();
                List<Optional<Edge<Ref>>> edges = build.load(plan);
                build.solve(plan, edges, results);
                List<Exported> exported = build.export(plan, results);
                return build.answer(exported);
            } catch (Fault fault) {
                record.fail(fault.getMessage());
                throw build.blame.explain(fault);
            } catch (RuntimeException defect) {
                record.fail(defect.toString());
                throw defect;
            }
        }
    }

    /** Dockerfile to definitions, one for each platform; a client's own definition is one already. */
    private Plan describe() throws InterruptedException {
        return switch (request.source()) {
            case BuildRequest.Source.Graph graph ->
                new Plan(
                        List.of(new Plan.Part(
                                workshop.worker().platforms().getFirst(), graph.definition(), Optional.empty())),
                        false,
                        Optional.empty());
            case BuildRequest.Source.Written written -> {
                Frontend frontend = frontend(written.frontend());
                Described described =
                        frontend.describe(written.request(), new BuildGateway(workshop, request, job, record::append));
                List<Plan.Part> parts = described.builds().stream()
                        .map(build -> new Plan.Part(
                                build.platform(), build.definition(), Optional.of(config(build.imageConfig()))))
                        .toList();
                yield new Plan(
                        parts,
                        parts.size() > 1 || written.request().options().multiPlatform(),
                        epoch(written.request().options().buildArgs().get("SOURCE_DATE_EPOCH")));
            }
        };
    }

    private static ImageConfig config(String json) {
        return ImageConfig.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<Instant> epoch(@org.jspecify.annotations.Nullable String seconds) {
        return seconds != null && seconds.matches("[0-9]{1,11}")
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)))
                : Optional.empty();
    }

    private Frontend frontend(String name) {
        Frontend frontend = workshop.frontends().get(name);
        if (frontend == null) {
            boolean elsewhere = name.equals("gateway.v0");
            throw new DaemonFault(
                    elsewhere ? Kind.UNIMPLEMENTED : Kind.INVALID_ARGUMENT,
                    "frontend " + name + (elsewhere ? " is not supported by this daemon" : " is not known")
                            + "; it has "
                            + String.join(", ", workshop.frontends().keySet()));
        }
        return frontend;
    }

    /** Definitions to edges of the graph; nothing runs yet. Absent where nothing is to be run: the empty tree. */
    private List<Optional<Edge<Ref>>> load(Plan plan) {
        List<Optional<Edge<Ref>>> edges = new ArrayList<>();
        for (Plan.Part part : plan.parts()) {
            Optional<Edge<Ref>> edge =
                    workshop.worker().load(part.definition(), new Grants(request.session(), request.entitlements()));
            edge.ifPresent(loaded -> blame.loaded(part.definition(), loaded));
            edges.add(edge);
        }
        return edges;
    }

    /** Edges to refs, all platforms at once. */
    private void solve(Plan plan, List<Optional<Edge<Ref>>> edges, Results results) throws InterruptedException {
        List<Ref> refs = TaskScope.map(
                "solve-" + request.ref(),
                edges,
                edges.size(),
                edge -> results.hold(
                        edge.isPresent()
                                ? job.solve(edge.get())
                                : workshop.store().scratch()));
        List<PlatformResult> all = new ArrayList<>();
        for (int i = 0; i < refs.size(); i++) {
            Plan.Part part = plan.parts().get(i);
            all.add(new PlatformResult(part.platform(), refs.get(i), part.config()));
        }
        results.complete(all);
    }

    /** Refs to images, archives and directories, assembled and shipped. */
    private List<Exported> export(Plan plan, Results results) throws InterruptedException {
        ExportInput input = new ExportInput(results.platforms(), plan.multiPlatform(), plan.epoch());
        List<Exported> exported = new ArrayList<>();
        for (ExportSpec spec : request.exports()) {
            exported.add(OwnStep.run(
                    request.ref() + " export " + spec.id(),
                    "exporting to " + destination(spec),
                    record::append,
                    progress -> workshop.exporters().export(spec, input, new ExportContext(session(), progress))));
        }
        return exported;
    }

    private Optional<Session> session() throws InterruptedException {
        return request.session().isEmpty()
                ? Optional.empty()
                : workshop.sessions().find(request.session(), PATIENCE);
    }

    private static String destination(ExportSpec spec) {
        return switch (spec) {
            case ExportSpec.Image image -> "image";
            case ExportSpec.Archive archive -> archive.docker() ? "docker image format" : "oci image format";
            case ExportSpec.Files files -> files.tar() ? "client tarball" : "client directory";
        };
    }

    /** What the client is told; of two outputs that answer the same question the first counts. */
    private List<Setting> answer(List<Exported> exported) {
        Map<String, String> response = new LinkedHashMap<>();
        exported.forEach(each -> each.response().forEach(response::putIfAbsent));
        List<Setting> settings = response.entrySet().stream()
                .map(entry -> new Setting(entry.getKey(), entry.getValue()))
                .toList();
        record.succeed(settings);
        return settings;
    }

    /** Lets go of every step that no other build wants. */
    @Override
    public void close() {
        job.close();
    }
}

package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.explain.Accounts;
import io.buildkit4j.buildd.explain.Explanation;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.buildd.history.RunningBuild;
import io.buildkit4j.exporter.ContainerdPlace;
import io.buildkit4j.exporter.ExportContext;
import io.buildkit4j.exporter.ExportInput;
import io.buildkit4j.exporter.ExportSpec;
import io.buildkit4j.exporter.Exported;
import io.buildkit4j.exporter.PlatformResult;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.solver.Job;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.store.Ref;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.Crew;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One build from request to answer: the spine of the daemon. {@link #run} is the natural path; every line of it is one
 * hand-over from one module to the next, and everything else of the project is behind one of them.
 */
public final class Build implements AutoCloseable {
    /** How long an output waits for the client that takes it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Workshop workshop;
    private final BuildRequest request;
    private final Site site;
    private final Trees trees;
    private final Bridge bridge;
    /** Whose directories it is made of; empty when the client does not say. */
    private String owner = "";
    /** What it would have done, if it may not. */
    private List<StepAccount> refused = List.of();

    private Build(Workshop workshop, BuildRequest request, Consumer<BuildEvent> events) {
        this.workshop = workshop;
        this.request = request;
        Job<Ref> job = workshop.solver().open(request.ref(), request.session(), events);
        this.site = new Site(workshop, request, job, events, new Blame(), new CacheImports());
        this.trees = new Trees(site);
        switch (request.source()) {
            case BuildRequest.Source.Driven driven -> {
                this.bridge = new Bridge(site, trees, driven.inputs());
                workshop.bridges().add(request.ref(), bridge);
            }
            case BuildRequest.Source.Written _, BuildRequest.Source.Graph _ ->
                this.bridge = new Bridge(site, trees, Map.of());
        }
    }

    /**
     * Builds what the request asks for. Decoding the client's message (the first hand-over) has happened at the door.
     *
     * @return what the client is answered, such as the digest of the image
     * @throws BuildFault when the build fails
     * @throws InterruptedException when it was cancelled; nothing but its record is left then
     */
    public static List<Setting> run(Workshop workshop, BuildRequest request) throws InterruptedException {
        return run(workshop, request, Optional.empty());
    }

    /**
     * Builds in the same way, but fails before the first step that would have to run against the rule.
     *
     * @throws BuildFault FAILED_PRECONDITION naming that step, and what else can go wrong with a build
     */
    public static List<Setting> runFromCache(Workshop workshop, BuildRequest request, CacheOnly rule)
            throws InterruptedException {
        return run(workshop, request, Optional.of(rule));
    }

    private static List<Setting> run(Workshop workshop, BuildRequest request, Optional<CacheOnly> rule)
            throws InterruptedException {
        try (RunningBuild record = workshop.history().begin(request.record());
                Build build = new Build(workshop, request, record::append);
                Results results = new Results()) {
            rule.ifPresent(strict -> build.site.job().refuse(strict::forbids));
            try {
                request.exports().forEach(workshop.exporters()::check);
                Plan plan = build.describe();
                List<Optional<Edge<Ref>>> edges = build.load(plan);
                if (rule.isPresent()) {
                    build.check(rule.get(), edges);
                }
                build.solve(plan, edges, results);
                List<Exported> exported = build.export(plan, results);
                List<Setting> cached = new CacheExports(build.site, results.platforms()).run(request.caches());
                return build.answer(exported, cached, record);
            } catch (Fault fault) {
                BuildFault explained = build.site.blame().explain(fault);
                record.fail(explained.kind(), explained.getMessage(), explained.details());
                throw explained;
            } catch (RuntimeException defect) {
                record.fail(Kind.INTERNAL, defect.toString(), List.of());
                throw defect;
            } finally {
                build.account();
            }
        }
    }

    /**
     * Says what {@link #run} would do, and runs nothing. Nothing of it is remembered.
     *
     * @throws BuildFault when the build cannot be described
     */
    public static Explanation plan(Workshop workshop, BuildRequest request) throws InterruptedException {
        try (Build build = new Build(workshop, request, event -> {})) {
            try {
                List<StepAccount> steps = build.foresee(build.load(build.describe()));
                return workshop.explainer().explain(build.owner, request.record(), steps);
            } catch (Fault fault) {
                throw build.site.blame().explain(fault);
            }
        }
    }

    private void check(CacheOnly rule, List<Optional<Edge<Ref>>> edges) throws InterruptedException {
        List<StepAccount> plan = foresee(edges);
        Optional<DaemonFault> refusal = rule.refusal(workshop.explainer().explain(owner, request.record(), plan));
        if (refusal.isPresent()) {
            refused = plan;
            throw refusal.get();
        }
    }

    private List<StepAccount> foresee(List<Optional<Edge<Ref>>> edges) throws InterruptedException {
        Map<Digest, StepAccount> steps = new LinkedHashMap<>();
        for (Optional<Edge<Ref>> edge : edges) {
            if (edge.isPresent()) {
                // what one platform is spared another one may need
                site.job()
                        .plan(edge.get())
                        .forEach(step -> steps.merge(
                                step.vertex(), step, (a, b) -> a.verdict() == StepAccount.Verdict.SPARED ? b : a));
            }
        }
        return List.copyOf(steps.values());
    }

    /** Remembers what became of each step. */
    private void account() {
        if (refused.isEmpty()) {
            workshop.explainer().keep(owner, request.record(), site.job().accounts(Accounts.MOST_STEPS));
        } else {
            workshop.explainer().keepRefused(owner, request.record(), refused);
        }
    }

    /** Dockerfile to definitions, one for each platform; a client's own definition is one already. */
    private Plan describe() throws InterruptedException {
        site.imports().add(site, request.caches().imports());
        return switch (request.source()) {
            case BuildRequest.Source.Graph graph ->
                new Plan(
                        List.of(new Plan.Part(
                                workshop.worker().platforms().getFirst(), graph.definition(), Optional.empty())),
                        false,
                        request.epoch());
            case BuildRequest.Source.Written written ->
                bridge.plan(bridge.solve(new Bridge.Question.Written(written.frontend(), written.request()), false));
            case BuildRequest.Source.Driven driven -> bridge.await();
        };
    }

    /** Definitions to edges of the graph; nothing runs yet. Absent where nothing is to be run: the empty tree. */
    private List<Optional<Edge<Ref>>> load(Plan plan) throws InterruptedException {
        owner = site.session(Duration.ZERO).map(Session::sharedKey).orElse("");
        List<Optional<Edge<Ref>>> edges = new ArrayList<>();
        for (Plan.Part part : plan.parts()) {
            edges.add(site.load(part.definition()));
        }
        return edges;
    }

    /** Edges to refs, all platforms at once. */
    private void solve(Plan plan, List<Optional<Edge<Ref>>> edges, Results results) throws InterruptedException {
        List<Ref> refs =
                TaskScope.map("solve-" + request.ref(), edges, edges.size(), edge -> results.hold(site.solve(edge)));
        List<PlatformResult> all = new ArrayList<>();
        for (int i = 0; i < refs.size(); i++) {
            Plan.Part part = plan.parts().get(i);
            all.add(new PlatformResult(part.platform(), refs.get(i), part.config()));
        }
        results.complete(all);
    }

    /** Refs to images, archives and directories, assembled and shipped. */
    private List<Exported> export(Plan plan, Results results) throws InterruptedException {
        ExportInput plain = new ExportInput(results.platforms(), plan.multiPlatform(), plan.epoch());
        CacheExports caches = new CacheExports(site, results.platforms());
        List<Exported> exported = new ArrayList<>();
        for (ExportSpec spec : request.exports()) {
            ExportInput input = caches.inline(plain, spec, request.caches());
            exported.add(OwnStep.run(
                    request.ref() + " export " + spec.id(),
                    "exporting to " + destination(spec),
                    site.events(),
                    progress -> workshop.exporters()
                            .export(spec, input, new ExportContext(site.session(PATIENCE), progress, place()))));
        }
        return exported;
    }

    /** Where images go that the build's worker made, if it has a place of its own for them. */
    private Optional<ContainerdPlace> place() {
        return switch (workshop.worker().crew(request.grants()).runner()) {
            case Crew.Runner.Oci _, Crew.Runner.Added _ -> Optional.empty();
            case Crew.Runner.Remote remote ->
                Optional.of(new ContainerdPlace(remote.containerd(), remote.snapshotter()));
        };
    }

    private static String destination(ExportSpec spec) {
        return switch (spec) {
            case ExportSpec.Image image -> "image";
            case ExportSpec.Archive archive -> archive.docker() ? "docker image format" : "oci image format";
            case ExportSpec.Files files -> files.tar() ? "client tarball" : "client directory";
            case ExportSpec.Added added -> added.type();
        };
    }

    /** What the client is told; of two outputs that answer the same question the first counts. */
    private List<Setting> answer(List<Exported> exported, List<Setting> cached, RunningBuild record) {
        Map<String, String> response = new LinkedHashMap<>();
        exported.forEach(each -> each.response().forEach(response::putIfAbsent));
        cached.forEach(setting -> response.put(setting.name(), setting.value()));
        List<Setting> settings = response.entrySet().stream()
                .map(entry -> new Setting(entry.getKey(), entry.getValue()))
                .toList();
        record.succeed(settings);
        return settings;
    }

    /** Lets go of every step that no other build wants. */
    @Override
    public void close() {
        workshop.bridges().remove(request.ref(), bridge);
        bridge.close();
        trees.close();
        site.job().close();
        site.imports().close();
    }
}

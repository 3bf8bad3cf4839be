package io.buildkit4j.buildd.build;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.Version;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.store.Ref;
import io.buildkit4j.worker.Crew;
import io.buildkit4j.worker.Grants;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkContainer;
import io.buildkit4j.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code gateway.v0}: a frontend in a container. It is an image whose process speaks {@code LLBBridge} on its standard input
 * and output, with the daemon as the server; its environment tells it what is asked of it, in the names of BuildKit's frontends.
 */
final class FrontendContainer {
    /** So long it may live on after its last one. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private final Site site;
    private final FrontendImage image;
    private final Bridge bridge;

    FrontendContainer(Site site, FrontendImage image, Bridge bridge) {
        this.site = site;
        this.image = image;
        this.bridge = bridge;
    }

    /**
     * Runs it to its end.
     *
     * @return what it returned through its bridge
     * @throws Fault the failure that it returned; else DaemonFault UNKNOWN when it ended without a word, UNAVAILABLE when it
     *     said none at all
     */
    Outcome run(FrontendOptions options) throws InterruptedException {
        FrontendLog log = new FrontendLog(
                site.request().ref() + " frontend " + bridge.depth() + " " + image.source(),
                "frontend " + image.source(),
                site.events());
        try (Results held = new Results()) {
            Ref root = held.hold(site.solve(site.load(image.definition())));
            Outcome outcome = run(options, root, log);
            log.end("");
            return outcome;
        } catch (Fault failed) {
            log.end(failed.getMessage());
            throw failed;
        } catch (InterruptedException cancelled) {
            log.end("context canceled");
            throw cancelled;
        }
    }

    private Outcome run(FrontendOptions options, Ref root, FrontendLog log) throws InterruptedException {
        WorkContainer.Request request = new WorkContainer.Request(
                "frontend " + image.source(),
                List.of(new ExecMount.Bind(
                        new ExecMount.MountFrame(0, "", "/", Op.NONE, false, "", ExecMount.ContentCache.DEFAULT))),
                List.of(root),
                image.withoutNetwork() ? Op.NetworkMode.NONE : Op.NetworkMode.DEFAULT,
                new WorkContainer.Surroundings(
                        "",
                        List.of(),
                        List.of(new WorkContainer.File(
                                "/run/config/buildkit/metadata/frontend.bin",
                                image.definition().encode()))));
        WorkContainer.Command command = new WorkContainer.Command(
                meta(options), Op.SecurityMode.SANDBOX, List.of(), RunningProcess.Streams.CONVERSING);
        Worker worker = site.workshop().worker();
        Grants grants = site.request().grants();
        try (WorkContainer container = worker.container(request, grants);
                RunningProcess process = container.start(command, log);
                BridgeDoor.Visit visit = site.workshop().door().open(bridge, process.output(), process.input())) {
            return converse(process, visit);
        }
    }

    private Outcome converse(RunningProcess process, BridgeDoor.Visit visit) throws InterruptedException {
        try {
            Duration silence = site.workshop().door().silence();
            if (!visit.awaitEnd(silence) && visit.heard() == 0) {
                throw new DaemonFault(
                        Kind.DEADLINE_EXCEEDED,
                        called() + " has said nothing for " + silence.toSeconds() + " seconds: is it a frontend?");
            }
            while (!visit.awaitEnd(LOOK) && !bridge.hasReturned()) {
                // it thinks
            }
            visit.awaitEnd(FAREWELL);
            return verdict(process.await(FAREWELL));
        } finally {
            process.close(); // so that the conversation ends even if it talks on
        }
    }

    private Outcome verdict(Optional<ProcessExit> exit) {
        Optional<Fault> failure = bridge.failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (exit.isPresent() && exit.get().code() != 0) {
            throw new DaemonFault(
                    Kind.UNKNOWN,
                    called() + " did not complete successfully: " + exit.get().describe());
        }
        return bridge.outcome()
                .orElseThrow(() -> new DaemonFault(
                        Kind.UNKNOWN,
                        exit.isPresent()
                                ? called() + " ended without a result"
                                : called() + " wrote something to its standard output that is not gRPC"));
    }

    private String called() {
        return "frontend " + image.source();
    }

    private ExecMeta meta(FrontendOptions options) {
        ImageConfig config = image.config();
        List<String> environment = new ArrayList<>(config.env());
        int number = 0;
        for (FrontendOptions.Given option : options.given()) {
            environment.add("BUILDKIT_FRONTEND_OPT_" + number++ + "=" + option.name() + "=" + option.value());
        }
        environment.add("BUILDKIT_SESSION_ID=" + site.request().session());
        environment.add("BUILDKIT_WORKERS=" + workers());
        environment.add("BUILDKIT_EXPORTEDPRODUCT=" + Version.NAME);
        return ExecMeta.of(
                config.entrypoint().filter(words -> !words.isEmpty()).orElse(List.of("/run")),
                environment,
                config.workingDir().isEmpty() ? "/" : config.workingDir(),
                config.user());
    }

    /** As BuildKit's clients write workers. */
    private String workers() {
        JsonArray all = new JsonArray();
        site.workshop().worker().crews().forEach(crew -> all.add(worker(crew)));
        return JSON.toJson(all);
    }

    private static JsonObject worker(Crew crew) {
        JsonObject labels = new JsonObject();
        crew.labels().forEach(labels::addProperty);
        JsonArray platforms = new JsonArray();
        crew.platforms().forEach(platform -> platforms.add(Outcomes.platform(platform)));
        JsonObject version = new JsonObject();
        version.addProperty("package", Version.NAME);
        version.addProperty("version", Version.RELEASE);
        JsonObject json = new JsonObject();
        json.addProperty("id", crew.id());
        json.add("labels", labels);
        json.add("platforms", platforms);
        json.add("buildkitVersion", version);
        return json;
    }
}

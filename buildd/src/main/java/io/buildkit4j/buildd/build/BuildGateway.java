package io.buildkit4j.buildd.build;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.wire.Session;
import io.buildkit4j.worker.ImageResolver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What one build's frontend may ask of the daemon; its solves are part of the build's own job. */
final class BuildGateway implements Gateway {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Site site;
    /** The steps that read the frontend's files: remarks on a file are shown with its own. */
    private final Map<String, Digest> readers = new ConcurrentHashMap<>();

    BuildGateway(Site site) {
        this.site = site;
    }

    @Override
    public Platform buildPlatform() {
        return site.workshop().worker().platforms().getFirst();
    }

    @Override
    public ResolvedImage resolveImage(ImageQuestion question) throws InterruptedException {
        return OwnStep.run(
                site.request().ref() + " resolve " + question.reference() + " " + question.platform(),
                question.logName(),
                site.events(),
                progress -> {
                    ImageResolver.Resolved found = site.workshop()
                            .worker()
                            .images()
                            .resolve(
                                    new ImageResolver.Question(
                                            Reference.parse(question.reference()),
                                            question.platform(),
                                            question.mode()),
                                    site.credentials());
                    return answer(found);
                });
    }

    @Override
    public ResolvedImage resolveLayout(LayoutQuestion question) throws InterruptedException {
        return OwnStep.run(
                site.request().ref() + " resolve " + question.store() + "@" + question.digest() + " "
                        + question.platform(),
                question.logName(),
                site.events(),
                progress -> {
                    Session client = site.session(PATIENCE)
                            .orElseThrow(() -> new StoreFault(
                                    Kind.UNAVAILABLE,
                                    "image layout " + question.store()
                                            + " comes from the client, but the build has no session"));
                    Reference name = Reference.parse(question.store()).withDigest(question.digest());
                    ImageResolver.Resolved found = site.workshop()
                            .worker()
                            .images()
                            .resolve(name, question.platform(), question.store(), client);
                    return answer(found);
                });
    }

    private static ResolvedImage answer(ImageResolver.Resolved found) {
        return new ResolvedImage(found.digest(), new String(found.config().bytes(), StandardCharsets.UTF_8));
    }

    @Override
    public Optional<byte[]> readFile(Definition definition, String path) throws InterruptedException {
        return readStart(definition, path, Integer.MAX_VALUE);
    }

    /** Servers tell when a file was changed, commits when they were made; both are the times of what is received. */
    @Override
    public Optional<Instant> modified(SourceId source) throws InterruptedException {
        Optional<SourceId> dated = switch (source) {
            case SourceId.Git git -> Optional.of(dated(git));
            case SourceId.Http http -> Optional.of(http);
            case SourceId.DockerImage _, SourceId.OciLayout _, SourceId.Blob _, SourceId.Local _, SourceId.Unknown _ ->
                Optional.empty();
        };
        if (dated.isEmpty()) {
            return Optional.empty();
        }
        Definition definition = State.source(
                        dated.get(), Optional.empty(), StepNote.named("[internal] resolve SOURCE_DATE_EPOCH"))
                .marshal();
        try (Ref ref = site.solve(site.load(definition))) {
            return ref.tree().list("/").stream()
                    .map(TreeEntry::modified)
                    .filter(time -> time > 0)
                    .findFirst()
                    .map(time -> Instant.ofEpochSecond(time / 1_000_000_000L));
        }
    }

    private static SourceId dated(SourceId.Git git) {
        List<Attribute> rest = new ArrayList<>(git.rest());
        rest.removeIf(attribute -> attribute.key().equals("git.mtime"));
        rest.add(new Attribute("git.mtime", "commit"));
        return new SourceId.Git(
                git.location(),
                git.fullUrl(),
                git.keepGitDirectory(),
                git.checksum(),
                git.skipSubmodules(),
                git.access(),
                rest);
    }

    @Override
    public Optional<byte[]> readStart(Definition definition, String path, int length) throws InterruptedException {
        Optional<Edge<Ref>> edge = site.load(definition);
        if (edge.isEmpty()) {
            return Optional.empty();
        }
        readers.put(path, edge.get().vertex().digest());
        try (Ref ref = site.solve(edge)) {
            TreeReader tree = ref.tree();
            Optional<TreeEntry> file = tree.find(path.startsWith("/") ? path : "/" + path, true);
            if (file.isEmpty() || !file.get().isFile()) {
                return Optional.empty();
            }
            try (InputStream in = tree.open(file.get())) {
                return Optional.of(in.readNBytes(length));
            } catch (IOException failed) {
                throw new StoreFault(Kind.DATA_LOSS, "cannot read " + path + ": " + failed.getMessage(), failed);
            }
        }
    }

    @Override
    public void warn(Warning warning) {
        Optional<BuildEvent.Passage> passage = Optional.of(warning.file())
                .filter(file -> !file.isEmpty())
                .map(file -> new BuildEvent.Passage(
                        file,
                        "Dockerfile",
                        warning.content(),
                        warning.ranges().stream().map(BuildGateway::span).toList()));
        Digest reader = readers.getOrDefault(warning.file(), Digest.ofText("nothing was read"));
        String details = String.join("\n", warning.details());
        site.events().accept(new BuildEvent.Warned(reader, 1, warning.text(), details, warning.url(), passage));
    }

    private static BuildEvent.Span span(SourceMap.Range range) {
        return new BuildEvent.Span(range.startLine(), range.startCharacter(), range.endLine(), range.endCharacter());
    }
}

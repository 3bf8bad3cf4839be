package io.buildkit4j.buildd.build;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.SourceMap;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.Edge;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.ImageResolver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What one build's frontend may ask of the daemon; its solves are part of the build's own job. */
final class BuildGateway implements Gateway {
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
                    return new ResolvedImage(
                            found.digest(), new String(found.config().bytes(), StandardCharsets.UTF_8));
                });
    }

    @Override
    public Optional<byte[]> readFile(Definition definition, String path) throws InterruptedException {
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
                return Optional.of(in.readAllBytes());
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

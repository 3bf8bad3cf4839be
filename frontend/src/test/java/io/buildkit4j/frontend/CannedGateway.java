package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.SourceId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** A daemon of a few files and images, which remembers what it was asked for. */
final class CannedGateway implements Gateway {
    private final Map<String, String> files;
    private final Map<String, String> images;
    final java.util.List<Warning> warnings = new java.util.concurrent.CopyOnWriteArrayList<>();
    final SortedSet<String> asked = new ConcurrentSkipListSet<>();

    /** Files by {@code local/path}; configurations by full image name, {@code missing} for one that is not there. */
    CannedGateway(Map<String, String> files, Map<String, String> images) {
        this.files = files;
        this.images = images;
    }

    @Override
    public Platform buildPlatform() {
        return Platform.of("linux", "amd64", "");
    }

    @Override
    public ResolvedImage resolveImage(ImageQuestion question) {
        asked.add(question.reference());
        String config = images.getOrDefault(
                question.reference(),
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"]}}");
        if (config.equals("missing")) {
            throw new FrontendFault(Kind.NOT_FOUND, question.reference() + ": not found");
        }
        return new ResolvedImage(Digest.ofText(question.reference()), config);
    }

    @Override
    public Optional<byte[]> readFile(Definition definition, String path) {
        String name = "?";
        for (Definition.Entry step : definition.steps()) {
            if (step.op() instanceof Op.Source source) {
                name = source.id() instanceof SourceId.Local local
                        ? local.name()
                        : source.id().identifier();
            }
        }
        return Optional.ofNullable(files.get(name + "/" + path)).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public ResolvedImage resolveLayout(LayoutQuestion question) {
        asked.add("layout " + question.store() + "@" + question.digest());
        return new ResolvedImage(
                question.digest(),
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"FROM=" + question.store()
                        + "\"]}}");
    }

    /** Everything from elsewhere was made on one day. */
    @Override
    public Optional<Instant> modified(SourceId source) {
        return source instanceof SourceId.Local ? Optional.empty() : Optional.of(Instant.parse("2001-02-03T04:05:06Z"));
    }

    @Override
    public void warn(Warning warning) {
        warnings.add(warning);
    }
}

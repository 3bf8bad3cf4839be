package io.buildkit4j.bench.dockerfile;

import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.SourceId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Has one Dockerfile and knows every image, so that nothing but the frontend is measured. */
record EmptyDaemon(String dockerfile) implements Gateway {
    private static final String CONFIG =
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\",\"LANG=C\"],\"Cmd\":[\"sh\"]},"
                    + "\"history\":[{\"created_by\":\"base\"}]}";

    @Override
    public Platform buildPlatform() {
        return Platform.of("linux", "amd64", "");
    }

    @Override
    public ResolvedImage resolveImage(ImageQuestion question) {
        return new ResolvedImage(Digest.ofText(question.reference()), CONFIG);
    }

    @Override
    public Optional<byte[]> readFile(Definition definition, String path) {
        boolean asked = path.equals("Dockerfile")
                && definition.steps().stream()
                        .anyMatch(step -> step.op() instanceof Op.Source source
                                && source.id() instanceof SourceId.Local local
                                && local.name().equals("dockerfile"));
        return asked ? Optional.of(dockerfile.getBytes(StandardCharsets.UTF_8)) : Optional.empty();
    }

    @Override
    public void warn(Warning warning) {}
}

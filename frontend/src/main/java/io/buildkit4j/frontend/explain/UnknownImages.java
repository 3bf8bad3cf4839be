package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import java.util.Optional;

/** A daemon that knows nothing: every image is there and says only where programs are. */
final class UnknownImages implements Gateway {
    private static final String CONFIG =
            "{\"config\":{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"]}}";

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
        return Optional.empty();
    }

    @Override
    public void warn(Warning warning) {}
}

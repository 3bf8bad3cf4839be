package io.buildkit4j.client.files;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.wire.SessionContent;
import io.buildkit4j.wire.WireFault;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** An image layout of this machine that a build takes images from, and does not change. */
public final class LayoutSource implements SessionContent {
    /** What daemons put before the names of such stores. */
    public static final String PREFIX = "oci:";

    private final ImageLayout layout;

    /**
     * The layout in this directory.
     *
     * @throws io.buildkit4j.image.ImageFault NOT_FOUND when there is none
     */
    public LayoutSource(Path directory) {
        layout = ImageLayout.open(directory);
    }

    @Override
    public Optional<Long> size(String digest) {
        return layout.size(Digest.parse(digest));
    }

    @Override
    public InputStream open(String digest, long offset) {
        return layout.open(Descriptor.of("application/octet-stream", Digest.parse(digest), 0), offset);
    }

    @Override
    public void put(String digest, long size, InputStream content) {
        throw new WireFault(Kind.PERMISSION_DENIED, layout.directory() + " is only read");
    }
}

package io.buildkit4j.client.files;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SolveRequest.Export;
import io.buildkit4j.client.SolveRequest.Target;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Digest;
import io.buildkit4j.image.ImageFault;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.Json;
import io.buildkit4j.image.Reference;
import io.buildkit4j.wire.SessionContent;
import io.buildkit4j.wire.WireFault;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An image layout of this machine that a build fills. */
public final class LayoutTarget implements SessionContent {
    private static final String NO_TYPE = "application/octet-stream";

    private final ImageLayout layout;

    /** The directory is made where it is missing. */
    public LayoutTarget(Path directory) {
        layout = ImageLayout.make(directory);
    }

    /**
     * The directory of the only export that goes into a layout.
     *
     * @throws ClientFault INVALID_ARGUMENT when there are several: daemons know of one
     */
    public static Optional<Path> of(List<Export> exports) {
        List<Path> paths = new ArrayList<>();
        for (Export export : exports) {
            if (export.target() instanceof Target.Layout(Path path)) {
                paths.add(path);
            }
        }
        if (paths.size() > 1) {
            throw new ClientFault(
                    Kind.INVALID_ARGUMENT, "only one output can be an image layout (tar=false), not " + paths);
        }
        return paths.stream().findFirst();
    }

    private static Descriptor blob(String digest, long size) {
        return Descriptor.of(NO_TYPE, Digest.parse(digest), size);
    }

    @Override
    public Optional<Long> size(String digest) {
        return layout.size(Digest.parse(digest));
    }

    @Override
    public InputStream open(String digest, long offset) {
        return layout.open(blob(digest, 0), offset);
    }

    @Override
    public void put(String digest, long size, InputStream content) {
        try {
            layout.put(blob(digest, size), content);
        } catch (ImageFault failed) {
            throw new WireFault(failed.kind(), String.valueOf(failed.getMessage()), failed);
        }
    }

    /** Lists the image that the daemon answered with, a line for each of its names. */
    public void list(Map<String, String> answer) {
        String encoded = answer.getOrDefault("containerimage.descriptor", "");
        if (encoded.isEmpty()) {
            return;
        }
        Descriptor image = Descriptor.fromJson(Json.parse(Base64.getDecoder().decode(encoded), "descriptor"));
        List<Descriptor> lines = new ArrayList<>();
        for (String name : answer.getOrDefault("image.name", "").split(",")) {
            Map<String, String> annotations = new LinkedHashMap<>(image.annotations());
            if (!name.isBlank()) {
                Reference reference = Reference.parse(name);
                annotations.put(ImageLayout.IMAGE_NAME, reference.toString());
                annotations.put(ImageLayout.REF_NAME, reference.tag());
            } else {
                annotations.put(ImageLayout.REF_NAME, "latest");
            }
            lines.add(image.withAnnotations(annotations));
        }
        layout.list(lines);
    }
}

package io.buildkit4j.exporter;

import io.buildkit4j.llb.Attribute;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One output of a build, parsed once from what the client says. */
public sealed interface ExportSpec {
    /** Tells a build's outputs apart at the client: the text of its place in the list. */
    String id();

    /** The time that everything made by it bears. */
    Optional<Instant> epoch();

    /** Attributes that mean nothing here; users are warned of them. */
    List<String> ignored();

    /**
     * An image in the store and perhaps in registries.
     *
     * @param byDigest pushed under its digest only
     * @param insecure plain http or any certificate will do
     * @param keeping what a worker on containerd does with it there
     */
    record Image(
            String id,
            Optional<Instant> epoch,
            List<String> ignored,
            ImageOptions options,
            boolean push,
            boolean byDigest,
            boolean insecure,
            Keeping keeping)
            implements ExportSpec {}

    /** Whether a containerd gets the image, and unpacks it. */
    record Keeping(boolean store, boolean unpack) {}

    /**
     * An image at the client: as a tar, or in a directory.
     *
     * @param docker readable by {@code docker load} of any age: one platform, and with a {@code manifest.json}
     * @param tar one tar; else an image layout, into which the client takes what it lacks
     */
    record Archive(
            String id, Optional<Instant> epoch, List<String> ignored, ImageOptions options, boolean docker, boolean tar)
            implements ExportSpec {}

    /**
     * Files at the client: in a directory, or as one tar.
     *
     * @param tar one tar
     * @param split a directory for each platform; nothing said means: when there are several
     */
    record Files(String id, Optional<Instant> epoch, List<String> ignored, boolean tar, Optional<Boolean> split)
            implements ExportSpec {}

    /**
     * What an added {@link Exporter} makes.
     *
     * @param attributes as the client wrote them, sorted by key
     */
    record Added(String id, Optional<Instant> epoch, String type, List<Attribute> attributes) implements ExportSpec {
        @Override
        public List<String> ignored() {
            return List.of();
        }

        /** What the client wrote, if it did. */
        public Optional<String> attribute(String key) {
            return attributes.stream()
                    .filter(attribute -> attribute.key().equals(key))
                    .map(Attribute::value)
                    .findFirst();
        }
    }

    /**
     * Reads an output's type and attributes.
     *
     * <p>Attributes that nobody knows are kept as {@link #ignored}: clients send keys of their own. One that looks like a
     * misspelt known one is refused. A type that is not this daemon's own is looked for when the build begins.
     *
     * @param index the output's place in the build's list
     * @throws ExporterFault INVALID_ARGUMENT, naming the attribute; UNIMPLEMENTED for what this daemon does not do
     */
    static ExportSpec parse(String type, Map<String, String> attributes, int index) {
        return new SpecParser(type, attributes, index).parse();
    }
}

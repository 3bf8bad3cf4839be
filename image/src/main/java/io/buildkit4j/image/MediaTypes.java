package io.buildkit4j.image;

import java.util.List;
import java.util.Optional;

/** The names that OCI and Docker have for what images are made of. */
public final class MediaTypes {
    /** An OCI manifest. */
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    /** An OCI index. */
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    /** An OCI image configuration. */
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    /** A bare tar. */
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    /** Docker's manifest, schema 2. */
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    /** Docker's manifest list. */
    public static final String DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
    /** Docker's image configuration. */
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    /** Docker's name of a bare tar. */
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    /** All that a registry may answer when a manifest is asked for. */
    public static final List<String> MANIFESTS = List.of(OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST);

    private MediaTypes() {}

    /** Whether it names an index or manifest list. */
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_INDEX);
    }

    /** Whether it names a manifest of one image. */
    public static boolean isManifest(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
    }

    /** The media type of a layer packed like this. Docker's has no name for zstd; the OCI suffix is used, as others do. */
    public static String layer(Compression compression, boolean oci) {
        String plain = oci ? OCI_LAYER : DOCKER_LAYER;
        return switch (compression) {
            case NONE -> plain;
            case GZIP -> oci ? plain + "+gzip" : plain + ".gzip";
            case ZSTD -> oci ? plain + "+zstd" : plain + ".zstd";
        };
    }

    /** How a layer of this media type is packed; nothing when it is not a file system layer. */
    public static Optional<Compression> layerCompression(String mediaType) {
        String plain = mediaType.replace("nondistributable.", "").replace("rootfs.foreign.", "rootfs.");
        for (Compression compression : Compression.values()) {
            if (plain.equals(layer(compression, true)) || plain.equals(layer(compression, false))) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /** The same kind of layer in the other or same family of names; what is not a layer stays as it is. */
    public static String layer(String mediaType, boolean oci) {
        return layerCompression(mediaType)
                .map(compression -> layer(compression, oci))
                .orElse(mediaType);
    }
}

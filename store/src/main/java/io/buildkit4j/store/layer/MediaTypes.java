package io.buildkit4j.store.layer;

import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.store.LayerFormat;
import java.util.Optional;

/** Media types of layers: OCI's (image specification, media-types.md) and Docker's (distribution, manifest v2 schema 2). */
final class MediaTypes {
    private static final String OCI = "application/vnd.oci.image.layer.v1.tar";
    private static final String DOCKER = "application/vnd.docker.image.rootfs.diff.tar";

    private MediaTypes() {}

    static String of(Compression compression, boolean oci) {
        String suffix = compression.name().toLowerCase(java.util.Locale.ROOT);
        return switch (compression) {
            case NONE -> oci ? OCI : DOCKER;
            case GZIP, ZSTD -> oci ? OCI + "+" + suffix : DOCKER + "." + suffix;
        };
    }

    static Compression wanted(LayerFormat format) {
        return switch (format.method()) {
            case UNCOMPRESSED -> Compression.NONE;
            case GZIP -> Compression.GZIP;
            case ZSTD -> Compression.ZSTD;
        };
    }

    /** The compression that the type speaks of; nothing for types that are not known. */
    static Optional<Compression> compression(String mediaType) {
        for (Compression compression : Compression.values()) {
            if (mediaType.equals(of(compression, true)) || mediaType.equals(of(compression, false))) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /** The same blob under the wanted family of names, where its type is known. */
    static Descriptor named(Descriptor blob, boolean oci) {
        String mediaType =
                compression(blob.mediaType()).map(known -> of(known, oci)).orElse(blob.mediaType());
        return new Descriptor(mediaType, blob.digest(), blob.size(), blob.annotations(), blob.platform());
    }
}

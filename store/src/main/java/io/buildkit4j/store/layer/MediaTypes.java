package io.buildkit4j.store.layer;

import io.buildkit4j.image.Compression;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.EstargzOutput;
import io.buildkit4j.store.LayerFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
            case GZIP, ESTARGZ -> Compression.GZIP;
            case ZSTD -> Compression.ZSTD;
        };
    }

    /** Whether a blob is in the format, as far as its descriptor tells. */
    static boolean fits(Descriptor blob, LayerFormat format) {
        boolean table = blob.annotations().containsKey(EstargzOutput.TOC_DIGEST);
        return compression(blob.mediaType()).equals(Optional.of(wanted(format)))
                && table == (format.method() == LayerFormat.Method.ESTARGZ);
    }

    /** What a descriptor says of the blob itself and not of the image that it was found in. */
    static Descriptor own(Descriptor blob) {
        Map<String, String> annotations = new TreeMap<>(blob.annotations());
        annotations.keySet().retainAll(Set.of(EstargzOutput.TOC_DIGEST, EstargzOutput.UNCOMPRESSED_SIZE));
        return new Descriptor(blob.mediaType(), blob.digest(), blob.size(), annotations, Optional.empty());
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
        return Descriptor.of(mediaType, blob.digest(), blob.size())
                .withAnnotations(own(blob).annotations());
    }
}

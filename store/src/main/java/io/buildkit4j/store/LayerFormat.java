package io.buildkit4j.store;

import java.time.Instant;
import java.util.Optional;

/**
 * How layers are written.
 *
 * @param level the method's own scale; -1 for its default
 * @param force layers that exist in another format are converted; otherwise they stay as they are
 * @param ociMediaTypes OCI media types, not Docker's
 * @param latest no entry of a layer that was made here is later than that; layers that were pulled stay as they are
 */
public record LayerFormat(Method method, int level, boolean force, boolean ociMediaTypes, Optional<Instant> latest) {
    /** Gzip at its default level with OCI media types. */
    public static final LayerFormat GZIP = new LayerFormat(Method.GZIP, -1, false, true);

    /** With the times that entries have. */
    public LayerFormat(Method method, int level, boolean force, boolean ociMediaTypes) {
        this(method, level, force, ociMediaTypes, Optional.empty());
    }

    /** The same with a latest time. */
    public LayerFormat withLatest(Optional<Instant> time) {
        return new LayerFormat(method, level, force, ociMediaTypes, time);
    }

    /** Compression methods. */
    public enum Method {
        /** A bare tar. */
        UNCOMPRESSED,
        /** Gzip by the project's deterministic encoder. */
        GZIP,
        /** Gzip with a table of contents, from which single files can be fetched. */
        ESTARGZ,
        /** Zstandard. */
        ZSTD
    }
}

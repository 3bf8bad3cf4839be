package io.buildkit4j.store;

/**
 * How layers are written.
 *
 * @param level the method's own scale; -1 for its default
 * @param force layers that exist in another format are converted; otherwise they stay as they are
 * @param ociMediaTypes OCI media types, not Docker's
 */
public record LayerFormat(Method method, int level, boolean force, boolean ociMediaTypes) {
    /** Gzip at its default level with OCI media types. */
    public static final LayerFormat GZIP = new LayerFormat(Method.GZIP, -1, false, true);

    /** Compression methods. */
    public enum Method {
        /** A bare tar. */
        UNCOMPRESSED,
        /** Gzip by the project's deterministic encoder. */
        GZIP,
        /** Zstandard. */
        ZSTD
    }
}

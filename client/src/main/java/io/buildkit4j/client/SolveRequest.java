package io.buildkit4j.client;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is to be built, from what, and where it goes. Either a frontend is named or a definition is given.
 *
 * @param definition an encoded definition ({@code pb.Definition}), not to be changed; empty when a frontend is named
 * @param frontend such as {@code dockerfile.v0}, or empty
 * @param options of the frontend, such as {@code target}
 * @param locals directories of this machine by the names that the build asks for
 * @param noCache run every step though its result is known
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record SolveRequest(
        byte[] definition,
        String frontend,
        Map<String, String> options,
        Map<String, Path> locals,
        List<Export> exports,
        List<CacheEntry> cacheImports,
        List<CacheEntry> cacheExports,
        boolean noCache) {
    /** Collections are copied. */
    public SolveRequest {
        options = Map.copyOf(options);
        locals = Map.copyOf(locals);
        exports = List.copyOf(exports);
        cacheImports = List.copyOf(cacheImports);
        cacheExports = List.copyOf(cacheExports);
    }

    /**
     * One output.
     *
     * @param type {@code image}, {@code oci}, {@code docker}, {@code tar} or {@code local}
     * @param attributes as the daemon's exporter takes them
     * @param target where on this side the result arrives
     */
    public record Export(String type, Map<String, String> attributes, Target target) {
        /** Attributes are copied. */
        public Export {
            attributes = Map.copyOf(attributes);
        }
    }

    /** Where on this side an output arrives. */
    public sealed interface Target {
        /** Nothing comes back. */
        record Nowhere() implements Target {}

        /** A directory that is made where it is missing and merged into where it is not. */
        record Directory(Path path) implements Target {}

        /** A file, which appears when it is complete. */
        record File(Path path) implements Target {}

        /** Standard output. */
        record StandardOutput() implements Target {}
    }

    /** A remote cache to import from or export to. */
    public record CacheEntry(String type, Map<String, String> attributes) {
        /** Attributes are copied. */
        public CacheEntry {
            attributes = Map.copyOf(attributes);
        }
    }
}

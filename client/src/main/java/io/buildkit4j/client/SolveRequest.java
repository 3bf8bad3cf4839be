package io.buildkit4j.client;

import io.buildkit4j.image.RegistryHost;
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
 * @param permits what else the build may have
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
        boolean noCache,
        Permits permits) {
    /** Collections are copied. */
    public SolveRequest {
        options = Map.copyOf(options);
        locals = Map.copyOf(locals);
        exports = List.copyOf(exports);
        cacheImports = List.copyOf(cacheImports);
        cacheExports = List.copyOf(cacheExports);
    }

    // departs from ParameterNumber: the older form of a record whose components are the parameters
    /** Nothing permitted beyond directories, outputs and logins. */
    public SolveRequest(
            byte[] definition,
            String frontend,
            Map<String, String> options,
            Map<String, Path> locals,
            List<Export> exports,
            List<CacheEntry> cacheImports,
            List<CacheEntry> cacheExports,
            boolean noCache) {
        this(definition, frontend, options, locals, exports, cacheImports, cacheExports, noCache, Permits.NONE);
    }

    /** The same with these permits. */
    public SolveRequest with(Permits other) {
        return new SolveRequest(
                definition, frontend, options, locals, exports, cacheImports, cacheExports, noCache, other);
    }

    /**
     * What a build may have besides.
     *
     * @param agents ssh agents
     * @param entitlements such as {@code network.host}
     * @param registries how registries' tokens are got by this side, by host, where that is not the usual way
     * @param layouts image layouts of this machine by the names that {@code oci-layout://} has for them
     */
    public record Permits(
            List<Secret> secrets,
            List<Agent> agents,
            List<String> entitlements,
            Map<String, RegistryHost> registries,
            Map<String, Path> layouts) {
        /** Nothing. */
        public static final Permits NONE = new Permits(List.of(), List.of(), List.of());

        /** Registries in the usual way, no layouts. */
        public Permits(List<Secret> secrets, List<Agent> agents, List<String> entitlements) {
            this(secrets, agents, entitlements, Map.of(), Map.of());
        }

        /** Collections are copied. */
        public Permits {
            registries = Map.copyOf(registries);
            secrets = List.copyOf(secrets);
            agents = List.copyOf(agents);
            entitlements = List.copyOf(entitlements);
            layouts = Map.copyOf(layouts);
        }
    }

    /** A secret by the name that steps ask for. */
    public sealed interface Secret {
        /** That name. */
        String id();

        /** The content of a file, read when it is asked for. */
        record InFile(String id, Path file) implements Secret {}

        /** The value of a variable of this process. */
        record InVariable(String id, String variable) implements Secret {}
    }

    /** An ssh agent by the name that steps ask for, {@code default} for the usual one. */
    public sealed interface Agent {
        /** That name. */
        String id();

        /** One that listens on a socket. */
        record AtSocket(String id, Path socket) implements Agent {}

        /** One inside this process, which knows the keys in these files; none of them may be encrypted. */
        record OfKeys(String id, List<Path> files) implements Agent {
            /** The list is copied. */
            public OfKeys {
                files = List.copyOf(files);
            }
        }
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

        /** An image layout, made where it is missing, into which the image is taken. */
        record Layout(Path path) implements Target {}

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

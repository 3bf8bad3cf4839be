package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.exporter.CacheSpec;
import io.buildkit4j.exporter.ExportSpec;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.worker.Entitlement;
import io.buildkit4j.worker.Grants;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asks for, after all strings were read.
 *
 * @param session the client's, for its files, credentials and outputs; empty for none
 * @param entitlements what the client allows the build's steps
 * @param epoch the time that everything made bears, when the request says one
 * @param workers filters of which the worker of its steps passes one; none for any worker
 * @param record what is to be remembered of the request
 */
public record BuildRequest(
        String session,
        Source source,
        List<ExportSpec> exports,
        Caches caches,
        Set<Entitlement> entitlements,
        Optional<Instant> epoch,
        List<String> workers,
        BuildRecord record) {
    /** Collections are copied. */
    public BuildRequest {
        exports = List.copyOf(exports);
        entitlements = Set.copyOf(entitlements);
        workers = List.copyOf(workers);
    }

    /** Caches that help the build, and those that it fills. */
    public record Caches(List<CacheSpec> imports, List<CacheSpec> exports) {
        /** Lists are copied. */
        public Caches {
            imports = List.copyOf(imports);
            exports = List.copyOf(exports);
        }
    }

    /** On whose behalf its definitions are loaded. */
    Grants grants() {
        return new Grants(session, entitlements, workers);
    }

    /** The build's id. */
    public String ref() {
        return record.ref();
    }

    /** Where the graph comes from. */
    public sealed interface Source {
        /** The client sent it. */
        record Graph(Definition definition) implements Source {}

        /** A frontend writes it. */
        record Written(String frontend, FrontendRequest request) implements Source {}

        /** The client drives the build through its gateway; the inputs are what it gave for frontends to use. */
        record Driven(Map<String, Definition> inputs) implements Source {
            /** The inputs are copied. */
            public Driven {
                inputs = Map.copyOf(inputs);
            }
        }
    }
}

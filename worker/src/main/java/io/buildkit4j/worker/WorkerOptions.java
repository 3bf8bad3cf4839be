package io.buildkit4j.worker;

import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Registries;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.Sessions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a worker is made of. Store, registries and sessions stay the caller's.
 *
 * @param id told to clients; the same after a restart
 * @param labels told to clients
 * @param platforms that it builds for, its own first
 * @param directory of its own, for containers and repositories
 * @param runtime name or path of the OCI runtime, such as {@code runc} or {@code crun}
 * @param settings what the operator decides
 */
public record WorkerOptions(
        String id,
        Map<String, String> labels,
        List<Platform> platforms,
        Path directory,
        Store store,
        Registries registries,
        Sessions sessions,
        String runtime,
        WorkerSettings settings) {
    /** Collections are copied. */
    public WorkerOptions {
        labels = Map.copyOf(labels);
        platforms = List.copyOf(platforms);
    }
}

package io.buildkit4j.worker;

import io.buildkit4j.image.Registries;
import io.buildkit4j.store.Store;
import io.buildkit4j.wire.Sessions;
import java.nio.file.Path;
import java.util.List;

/**
 * What a worker is made of. Store, registries and sessions stay the caller's.
 *
 * @param crews who runs processes, the one that does what nobody chooses first; at least one
 * @param directory of its own, for containers and repositories
 * @param settings what the operator decides
 * @param sources those that are added to this daemon's own
 */
public record WorkerOptions(
        List<Crew> crews,
        Path directory,
        Store store,
        Registries registries,
        Sessions sessions,
        WorkerSettings settings,
        List<Source> sources) {
    /** Without added sources. */
    // departs from ParameterNumber: the record's own components but the last
    public WorkerOptions(
            List<Crew> crews,
            Path directory,
            Store store,
            Registries registries,
            Sessions sessions,
            WorkerSettings settings) {
        this(crews, directory, store, registries, sessions, settings, List.of());
    }

    /** The lists are copied. */
    public WorkerOptions {
        crews = List.copyOf(crews);
        sources = List.copyOf(sources);
    }
}

package io.buildkit4j.buildd;

import io.buildkit4j.exporter.Exporter;
import io.buildkit4j.frontend.DockerfileFrontend;
import io.buildkit4j.frontend.Frontend;
import io.buildkit4j.worker.Crew;
import io.buildkit4j.worker.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a daemon may have any number of. Whoever adds to it writes a class and one line, here in {@link #OWN} or where an
 * {@link EmbeddedDaemon} is started; docs/extending.md shows each.
 *
 * @param frontends by the names that clients use
 * @param workers besides those of the configuration, which do first what nobody chooses
 */
public record Parts(
        Map<String, Frontend> frontends,
        List<Source> sources,
        List<Exporter> exporters,
        List<Crew.Runner.Added> workers) {
    /** Those of every daemon. */
    public static final Parts OWN =
            new Parts(Map.of("dockerfile.v0", new DockerfileFrontend()), List.of(), List.of(), List.of());

    /** Collections are copied. */
    public Parts {
        frontends = Map.copyOf(frontends);
        sources = List.copyOf(sources);
        exporters = List.copyOf(exporters);
        workers = List.copyOf(workers);
    }

    /** And a frontend by this name. */
    public Parts frontend(String name, Frontend frontend) {
        Map<String, Frontend> more = new HashMap<>(frontends);
        more.put(name, frontend);
        return new Parts(more, sources, exporters, workers);
    }

    /** And a source. */
    public Parts source(Source source) {
        return new Parts(frontends, and(sources, source), exporters, workers);
    }

    /** And an exporter. */
    public Parts exporter(Exporter exporter) {
        return new Parts(frontends, sources, and(exporters, exporter), workers);
    }

    /** And a worker, whose label {@code executor} has this name. */
    public Parts worker(String name, Crew.Runner.Opening opening) {
        return new Parts(frontends, sources, exporters, and(workers, new Crew.Runner.Added(name, opening)));
    }

    private static <T> List<T> and(List<T> some, T other) {
        List<T> more = new ArrayList<>(some);
        more.add(other);
        return more;
    }
}

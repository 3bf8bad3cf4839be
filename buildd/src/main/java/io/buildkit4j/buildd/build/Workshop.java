package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.explain.Explainer;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.exporter.Exporters;
import io.buildkit4j.exporter.RemoteCaches;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Frontend;
import io.buildkit4j.solver.Solver;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.Store;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.wire.Sessions;
import io.buildkit4j.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything that builds are made with. It is shared by all builds and belongs to the house.
 *
 * @param frontends by the names that clients use
 * @param door for frontends in containers
 */
public record Workshop(
        History history,
        Map<String, Frontend> frontends,
        Worker worker,
        Solver<Ref> solver,
        Store store,
        Exporters exporters,
        RemoteCaches caches,
        Sessions sessions,
        Bridges bridges,
        BridgeDoor door,
        Explainer explainer) {
    /** Everything that takes up space: the store's records, the worker's cache mounts, and named images. */
    public List<UsageRecord> usage() {
        List<UsageRecord> all = new ArrayList<>(store.usage());
        all.addAll(store.looseContent());
        all.addAll(worker.cacheMounts());
        all.addAll(exporters.images());
        return all;
    }

    /**
     * A frontend by its name.
     *
     * @throws DaemonFault INVALID_ARGUMENT when there is none of that name
     */
    Frontend frontend(String name) {
        Frontend frontend = frontends.get(name);
        if (frontend == null) {
            throw new DaemonFault(
                    Kind.INVALID_ARGUMENT,
                    "frontend " + name + " is not known; there are gateway.v0, "
                            + String.join(", ", frontends.keySet()));
        }
        return frontend;
    }
}

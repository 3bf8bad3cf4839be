package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.Op;
import io.buildkit4j.store.Ref;
import io.buildkit4j.worker.WorkContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** The containers of one frontend, by the ids that it gave them. Safe for any thread. */
final class Containers implements AutoCloseable {
    private final Site site;
    private final Trees trees;
    private final ConcurrentHashMap<String, WorkContainer> open = new ConcurrentHashMap<>();

    Containers(Site site, Trees trees) {
        this.site = site;
        this.trees = trees;
    }

    /** Makes one; its trees are made now if they have not been. */
    void open(Bridge.ContainerOrder order) throws InterruptedException {
        List<Ref> inputs = new ArrayList<>();
        for (String id : order.trees()) {
            inputs.add(trees.solve(id)); // held by the trees until the build ends
        }
        Op.Exec asked = order.asked();
        ExecMeta meta = asked.meta();
        WorkContainer container = site.workshop()
                .worker()
                .container(
                        new WorkContainer.Request(
                                "container " + order.id(),
                                asked.mounts(),
                                inputs,
                                asked.network(),
                                new WorkContainer.Surroundings(meta.hostname(), meta.extraHosts(), List.of())),
                        site.request().grants());
        if (open.putIfAbsent(order.id(), container) != null) {
            container.close();
            throw new DaemonFault(Kind.ALREADY_EXISTS, "container " + order.id() + " already exists");
        }
    }

    WorkContainer find(String id) {
        WorkContainer container = open.get(id);
        if (container == null) {
            throw missing(id);
        }
        return container;
    }

    void release(String id) {
        WorkContainer container = open.remove(id);
        if (container == null) {
            throw missing(id);
        }
        container.close();
    }

    private static DaemonFault missing(String id) {
        return new DaemonFault(Kind.NOT_FOUND, "container " + id + " previously released or not created");
    }

    @Override
    public void close() {
        for (String id : List.copyOf(open.keySet())) {
            WorkContainer container = open.remove(id);
            if (container != null) {
                container.close();
            }
        }
    }
}

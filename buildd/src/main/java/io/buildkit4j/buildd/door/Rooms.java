package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.Builds;
import io.buildkit4j.buildd.build.Workshop;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.store.Work;
import io.buildkit4j.wire.ConnectedSessions;
import io.buildkit4j.worker.Entitlement;
import java.util.Set;

/**
 * What the door leads to.
 *
 * @param allowed entitlements that builds may ask for
 */
public record Rooms(Builds builds, Workshop workshop, ConnectedSessions sessions, Set<Entitlement> allowed, Log log) {
    /** Runs a build: what it touches stays meanwhile, and afterwards the store may be cleaned up. */
    <T> T kept(Builds.Work<T> build) throws InterruptedException {
        Work kept = workshop.store().work();
        try {
            return build.run();
        } finally {
            kept.close();
            workshop.store().collect();
        }
    }
}

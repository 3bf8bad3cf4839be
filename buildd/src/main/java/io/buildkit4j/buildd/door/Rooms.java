package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.Builds;
import io.buildkit4j.buildd.build.Workshop;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.store.Work;
import io.buildkit4j.wire.ConnectedSessions;
import io.buildkit4j.wire.TraceForward;
import io.buildkit4j.worker.Entitlement;
import java.util.Optional;
import java.util.Set;

/**
 * What the door leads to.
 *
 * @param allowed entitlements that builds may ask for
 * @param ways where builds are told of
 */
public record Rooms(Builds builds, Workshop workshop, ConnectedSessions sessions, Set<Entitlement> allowed, Ways ways) {
    /** Where builds are told of besides their history: the daemon's log, and a collector of traces if there is one. */
    public record Ways(Log log, Optional<TraceForward> traces) {}

    Log log() {
        return ways.log();
    }

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

package io.buildkit4j.buildd;

import io.buildkit4j.buildd.build.Builds;
import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.door.Rooms;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.wire.ConnectedSessions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The one place where the daemon is put together, by hand. What is opened first is closed last. */
final class House implements AutoCloseable {
    /** Builds that are remembered. */
    private static final int REMEMBERED = 50;

    private final Rooms rooms;

    private House(Rooms rooms) {
        this.rooms = rooms;
    }

    static House open(Configuration configuration, Log log) {
        Path root = StateDirectory.prepare(configuration.root());
        History history = new History(root.resolve("builds"), REMEMBERED, Clock.systemUTC(), log);
        WorkerDescription worker = Workers.describe(root, configuration.worker());
        return new House(new Rooms(new Builds(), history, new ConnectedSessions(), List::of, worker, log));
    }

    Rooms rooms() {
        return rooms;
    }

    @Override
    public void close() {
        rooms.sessions().close();
    }
}

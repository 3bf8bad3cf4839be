package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.WorkerDescription;
import io.buildkit4j.buildd.build.Builds;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.wire.ConnectedSessions;
import java.util.List;
import java.util.function.Supplier;

/** What the door leads to. */
public record Rooms(
        Builds builds,
        History history,
        ConnectedSessions sessions,
        Supplier<List<UsageRecord>> usage,
        WorkerDescription worker,
        Log log) {}

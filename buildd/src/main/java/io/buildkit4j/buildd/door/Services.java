package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.RequestHeaders;
import io.buildkit4j.wire.TraceSink;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** All that the daemon's port answers, besides health. */
public final class Services {
    /** A client's gateway calls may arrive before its build has begun. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final String BUILD = "buildkit-controlapi-buildid";

    private Services() {}

    /** The services of these rooms. */
    public static List<BindableService> of(Rooms rooms) {
        HistoryContent history = new HistoryContent(rooms.workshop().history());
        ControlService control = new ControlService(rooms, history);
        return List.of(
                () -> ServerInterceptors.intercept(control, new CurrentTime(Clock.systemUTC())),
                new BridgeService(() -> bridge(rooms), rooms.workshop().worker()),
                new ContentService(rooms.workshop().store().content(), history),
                new TraceSink(rooms.ways().traces()),
                new InsightService(rooms),
                new StorageService(rooms.workshop().store()));
    }

    private static Bridge bridge(Rooms rooms) throws InterruptedException {
        String ref = RequestHeaders.current()
                .first(BUILD)
                .orElseThrow(() -> new DaemonFault(
                        Kind.INVALID_ARGUMENT, "the call names no build: header " + BUILD + " is missing"));
        return rooms.workshop().bridges().find(ref, PATIENCE);
    }
}

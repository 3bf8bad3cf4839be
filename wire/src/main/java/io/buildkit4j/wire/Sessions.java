package io.buildkit4j.wire;

import java.time.Duration;
import java.util.Optional;

/** The sessions that are connected to this daemon. */
public interface Sessions {
    /** Waits for a session to connect. */
    Optional<Session> find(String id, Duration patience) throws InterruptedException;
}

package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.wire.Session;
import io.buildkit4j.wire.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds, among the clients that wait for a step, one that can be asked for something. */
final class SessionDoor {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Sessions sessions;

    SessionDoor(Sessions sessions) {
        this.sessions = sessions;
    }

    /** The one that the step names, else the first that is there. */
    Session require(String named, List<String> waiting, String what) throws InterruptedException {
        List<String> candidates = named.isEmpty() ? waiting : List.of(named);
        for (String id : candidates) {
            Optional<Session> session = sessions.find(id, PATIENCE);
            if (session.isPresent()) {
                return session.get();
            }
        }
        throw new WorkerFault(
                Kind.UNAVAILABLE,
                candidates.isEmpty()
                        ? what
                                + " comes from the client, but the build has no session: start it from a client that keeps one"
                        : what + " comes from the client, but its session " + candidates.getFirst() + " is gone");
    }

    /** The client, if it is there. */
    Optional<Session> find(String id) throws InterruptedException {
        return sessions.find(id, PATIENCE);
    }

    /** Asks the clients in turn, only when the registry demands it. */
    CredentialSource credentials(List<String> waiting) {
        return new SessionLogins(() -> {
            List<Session> connected = new ArrayList<>();
            for (String id : waiting) {
                sessions.find(id, Duration.ZERO).ifPresent(connected::add);
            }
            return connected;
        });
    }
}

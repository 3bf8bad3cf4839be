package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.buildd.history.History;
import io.buildkit4j.buildd.journal.JournalReader;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.wire.TraceForward;
import java.time.Duration;
import java.util.Optional;

/** Tells a collector of traces what the daemon's builds did. */
record Tracing(Rooms rooms, TraceForward traces) {
    /** The build has ended. One that is not remembered any more when its turn comes is not told of. */
    void tell(BuildRecord begun, Optional<String> parent) {
        if (!begun.internal()) {
            traces.take(() -> spans(begun.ref(), parent));
        }
    }

    private Optional<byte[]> spans(String ref, Optional<String> parent) throws InterruptedException {
        History history = rooms.workshop().history();
        try (JournalReader journal = history.follow(ref, Duration.ZERO)) {
            Optional<BuildRecord> ended = history.find(ref);
            return ended.isEmpty() ? Optional.empty() : BuildSpans.of(traces.service(), parent, ended.get(), journal);
        } catch (Fault gone) {
            rooms.log().debug("no trace of a build", "ref", ref, "reason", gone);
            return Optional.empty();
        }
    }
}

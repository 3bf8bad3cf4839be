package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.function.Consumer;

/**
 * Keeps the events of vertices that some job still wants, so that a job which comes late sees them from their beginning.
 * An implementation may keep them outside of memory. Safe for any thread.
 */
public interface EventJournal {
    /** Begins the history of one vertex. Two may be open for one digest at a time. */
    Track open(Digest vertex);

    /** The history of one vertex. */
    interface Track extends AutoCloseable {
        /** Adds an event at the end. It can be replayed when the call returns. */
        void append(BuildEvent event);

        /**
         * Hands over all events from a position on, oldest first, on the calling thread.
         *
         * @param from how many events to leave out
         * @return the position behind the last event that was handed over
         */
        long replay(long from, Consumer<BuildEvent> to);

        /** Nobody wants the vertex any more. What is appended later may be dropped. */
        @Override
        void close();
    }
}

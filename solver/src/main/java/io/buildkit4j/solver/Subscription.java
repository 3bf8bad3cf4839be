package io.buildkit4j.solver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Hands a vertex's events to one job, each once and in order. Whoever finds nobody delivering delivers; the others only
 * leave word that there is more, so nothing is held across the call to the job.
 */
final class Subscription {
    private final EventJournal.Track track;
    private final Consumer<BuildEvent> consumer;
    private final AtomicInteger news = new AtomicInteger();
    /** Touched by the delivering thread only. */
    private long position;

    private volatile boolean closed;

    Subscription(EventJournal.Track track, Consumer<BuildEvent> consumer) {
        this.track = track;
        this.consumer = event -> {
            if (!closed) {
                accept(consumer, event);
            }
        };
    }

    private void accept(Consumer<BuildEvent> consumer, BuildEvent event) {
        try {
            consumer.accept(event);
        } catch (RuntimeException broken) {
            closed = true; // a job that cannot take its events gets none; the step must not fail for it
        }
    }

    /** There may be more in the track. */
    void deliver() {
        if (news.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            position = track.replay(position, consumer);
            seen = news.addAndGet(-seen);
        } while (seen > 0);
    }

    /** Nothing more is wanted. */
    void close() {
        closed = true;
    }
}

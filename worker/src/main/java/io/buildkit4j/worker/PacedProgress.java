package io.buildkit4j.worker;

import io.buildkit4j.solver.VertexProgress;
import io.buildkit4j.store.TransferListener;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/** Passes on of each counter its beginning, its end, and in between what a person can follow: events are kept on disk. */
final class PacedProgress implements TransferListener {
    private static final long PAUSE = Duration.ofMillis(100).toNanos();

    private final VertexProgress progress;
    private final ConcurrentHashMap<String, Long> told = new ConcurrentHashMap<>();

    PacedProgress(VertexProgress progress) {
        this.progress = progress;
    }

    @Override
    public void progress(String id, long current, long total, boolean done) {
        long now = System.nanoTime();
        Long last = told.get(id);
        if (last == null || done || now - last >= PAUSE) {
            told.put(id, now);
            progress.status(id, current, total, done);
        }
    }
}

package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** A journal in memory, for tests and for builds with little output: it grows with the output until the jobs are closed. */
public final class MemoryEventJournal implements EventJournal {
    @Override
    public Track open(Digest vertex) {
        return new MemoryTrack();
    }

    private static final class MemoryTrack implements Track {
        /** Guards the list; held for a few instructions only. */
        private final ReentrantLock lock = new ReentrantLock();

        private final List<BuildEvent> events = new ArrayList<>(2);

        @Override
        public void append(BuildEvent event) {
            lock.lock();
            try {
                events.add(event);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long replay(long from, Consumer<BuildEvent> to) {
            List<BuildEvent> news;
            lock.lock();
            try {
                news = List.copyOf(events.subList((int) Math.min(from, events.size()), events.size()));
            } finally {
                lock.unlock();
            }
            news.forEach(to);
            return from + news.size();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                events.clear();
            } finally {
                lock.unlock();
            }
        }
    }
}

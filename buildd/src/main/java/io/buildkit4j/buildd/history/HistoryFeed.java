package io.buildkit4j.buildd.history;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Tells whoever listens what happens to records from now on. Safe for any thread. */
final class HistoryFeed {
    private final Set<Listening> listeners = ConcurrentHashMap.newKeySet();

    /** One listener's part; what it has not taken waits for it. */
    final class Listening implements History.Listening {
        private final LinkedBlockingQueue<HistoryEvent> waiting = new LinkedBlockingQueue<>();

        @Override
        public Optional<HistoryEvent> next(Duration patience) throws InterruptedException {
            return Optional.ofNullable(waiting.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
        }

        @Override
        public void close() {
            listeners.remove(this);
        }
    }

    Listening listen() {
        Listening listening = new Listening();
        listeners.add(listening);
        return listening;
    }

    void tell(HistoryEvent event) {
        listeners.forEach(listener -> listener.waiting.add(event));
    }
}

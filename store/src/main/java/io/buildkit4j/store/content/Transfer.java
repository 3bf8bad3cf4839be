package io.buildkit4j.store.content;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.store.TransferListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One blob on its way, for all that wait for it. The one that began it does the work. */
final class Transfer {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<TransferListener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Fault failure;

    void listen(TransferListener listener) {
        listeners.add(listener);
    }

    void progress(String id, long current, long total, boolean done) {
        listeners.forEach(listener -> listener.progress(id, current, total, done));
    }

    void fail(Fault fault) {
        failure = fault;
    }

    void end() {
        ended.countDown();
    }

    /** Waits for the end; throws what made it fail. After a cancellation of the worker nothing is thrown: look again. */
    void await() throws InterruptedException {
        ended.await();
        Fault failed = failure;
        if (failed != null) {
            throw failed;
        }
    }
}

package io.buildkit4j.worker.containerd;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.worker.WorkerFault;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does to its end what must not be left half done: containerd does not always clean up after a call that is cancelled while a
 * shim starts or ends. Such calls take moments.
 */
final class Regardless {
    private Regardless() {}

    /** Something that nobody interrupts. */
    @FunctionalInterface
    interface Action {
        void run() throws InterruptedException;
    }

    /** Does it, on a thread that nobody else knows; an interrupt of this one is kept for later. */
    static void run(Action action) {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Thread doing = Thread.ofVirtual().start(() -> attempt(action, failure));
        Uninterrupted.join(doing);
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // nobody knows the thread
    private static void attempt(Action action, AtomicReference<@Nullable RuntimeException> failure) {
        try {
            action.run();
        } catch (Fault fault) {
            failure.set(fault);
        } catch (InterruptedException impossible) {
            failure.set(new WorkerFault(Kind.INTERNAL, "interrupted by nobody", impossible));
        }
    }
}

package io.buildkit4j.buildd.door;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.ReentrantLock;

/** One call served on the thread that it came in on, which is interrupted when the caller goes away. */
final class Call {
    /** Guards {@code over}, so that the thread is never interrupted after its work; held while it is interrupted. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Thread thread = Thread.currentThread();
    private boolean over;

    private Call() {}

    /** What serves a call. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /** Does the work. A caller that went away is the end of it; an interruption from within is told to the caller. */
    static void serve(StreamObserver<?> caller, Work work) {
        Call call = new Call();
        Context.CancellationListener listener = context -> call.interrupt();
        Context context = Context.current();
        context.addListener(listener, Runnable::run);
        try {
            work.run();
        } catch (InterruptedException cancelled) {
            if (!context.isCancelled()) {
                caller.onError(Status.CANCELLED
                        .withDescription("the daemon is stopping")
                        .asRuntimeException());
            }
        } finally {
            context.removeListener(listener);
            call.end();
        }
    }

    private void interrupt() {
        lock.lock();
        try {
            if (!over) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
        // what interrupted the work is done with; the library's own code that follows is not meant
        Thread.interrupted();
    }

    /** Answers with one message. */
    static <T> void answer(StreamObserver<T> caller, T message) {
        caller.onNext(message);
        caller.onCompleted();
    }
}

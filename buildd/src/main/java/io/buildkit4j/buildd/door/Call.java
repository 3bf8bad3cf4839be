package io.buildkit4j.buildd.door;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
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

    /**
     * Sends one message of a stream when the caller can take it. The library tells of that on the very thread that serves the
     * call, so it has to be looked at again and again; only ever while a caller is slow.
     */
    static <T> void send(StreamObserver<T> caller, T message) throws InterruptedException {
        ServerCallStreamObserver<T> stream = (ServerCallStreamObserver<T>) caller;
        while (!stream.isReady()) {
            if (stream.isCancelled()) {
                throw new InterruptedException("the caller went away");
            }
            Thread.sleep(2);
        }
        stream.onNext(message);
    }

    /** Answers with one message. */
    static <T> void answer(StreamObserver<T> caller, T message) {
        caller.onNext(message);
        caller.onCompleted();
    }
}

package io.buildkit4j.buildd.door;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.wire.WireStatus;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of answers, told from a thread of its own: the library says on the call's thread that the caller can take more, and
 * a thread that waited there would never hear it. A caller that goes away interrupts the thread.
 */
final class Outflow<T> {
    private final ServerCallStreamObserver<T> caller;
    /** Guards nothing but the wait; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();

    private Outflow(ServerCallStreamObserver<T> caller) {
        this.caller = caller;
    }

    /** What tells the answers. */
    @FunctionalInterface
    interface Work<T> {
        void run(Outflow<T> out) throws InterruptedException;
    }

    /** To be called by the thread that the library calls the service on; returns at once. */
    static <T> void serve(StreamObserver<T> caller, Work<T> work) {
        Outflow<T> out = new Outflow<>((ServerCallStreamObserver<T>) caller);
        Thread thread =
                Thread.ofVirtual().name("outflow").unstarted(Context.current().wrap(() -> out.run(work)));
        out.caller.setOnReadyHandler(out::wake);
        out.caller.setOnCancelHandler(thread::interrupt);
        thread.start();
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the call ends as cancelled, and with it this thread
    private void run(Work<T> work) {
        try {
            work.run(this);
            caller.onCompleted();
        } catch (InterruptedException cancelled) {
            end(Status.CANCELLED.withDescription("the daemon is stopping").asRuntimeException());
        } catch (Fault | io.grpc.StatusRuntimeException failed) {
            end(WireStatus.of(failed));
        } catch (RuntimeException defect) {
            end(Status.INTERNAL
                    .withDescription("a defect of the daemon: " + defect)
                    .withCause(defect)
                    .asRuntimeException());
        }
    }

    private void end(Throwable reason) {
        if (!caller.isCancelled()) {
            caller.onError(reason);
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends one message when the caller can take it. */
    void send(T message) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!caller.isReady() && !caller.isCancelled()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        if (caller.isCancelled()) {
            throw new InterruptedException("the caller went away");
        }
        caller.onNext(message);
    }
}

package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.Uninterrupted;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What runs now, such as builds. Each runs on the thread that asked for it; closing interrupts them all and waits for them. */
public final class Builds implements AutoCloseable {
    /** How long a build may take to clean up after itself when the daemon stops. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Guards the fields below; held for a few instructions, and while threads are interrupted. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Set<Thread> threads = new HashSet<>();
    private final String refusal;
    private boolean closing;

    /** None; {@code refusal} is what is told to whoever comes when they are closed. */
    public Builds(String refusal) {
        this.refusal = refusal;
    }

    /** Work that is done as a build. */
    @FunctionalInterface
    public interface Work<T> {
        /** Runs to its end; an interrupt cancels it. */
        T run() throws InterruptedException;
    }

    /**
     * Runs a build.
     *
     * @throws DaemonFault UNAVAILABLE when it is closed
     */
    public <T> T run(Work<T> work) throws InterruptedException {
        enter();
        try {
            return work.run();
        } finally {
            leave();
        }
    }

    private void enter() {
        lock.lock();
        try {
            if (closing) {
                throw new DaemonFault(Kind.UNAVAILABLE, refusal);
            }
            threads.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            threads.remove(Thread.currentThread());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no further builds and waits for those that run, so long at most; an interrupt ends the wait. */
    public void drain(Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        lock.lockInterruptibly();
        try {
            closing = true;
            while (!threads.isEmpty() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs a build on a thread of its own, which is interrupted by {@link #close} only. The work tells nobody how it ends. */
    public void runDetached(String name, Work<?> work) {
        CountDownLatch entered = new CountDownLatch(1);
        AtomicReference<DaemonFault> refused = new AtomicReference<>();
        Thread.ofVirtual().name("detached-" + name).start(() -> detached(work, entered, refused));
        Uninterrupted.await(entered::await); // it takes a moment only
        DaemonFault fault = refused.get();
        if (fault != null) {
            throw fault;
        }
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the interrupt ends the build, and with it this thread
    private void detached(Work<?> work, CountDownLatch entered, AtomicReference<DaemonFault> refused) {
        try {
            enter();
        } catch (DaemonFault closed) {
            refused.set(closed);
            return;
        } finally {
            entered.countDown();
        }
        try {
            work.run();
        } catch (InterruptedException | RuntimeException told) {
            // the build's record says how it ended
        } finally {
            leave();
        }
    }

    /** Takes no further builds, interrupts those that run and waits for them to clean up. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            closing = true;
            threads.forEach(Thread::interrupt);
            while (!threads.isEmpty() && System.nanoTime() < deadline) {
                try {
                    changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

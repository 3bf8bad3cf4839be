package io.buildkit4j.solver;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says who waits for what when nothing has happened for long although somebody waits. It says so again after twice the
 * time, and so on, until something happens.
 */
final class Watchdog implements AutoCloseable {
    private final SolverOptions.Watch watch;
    private final Pulse pulse;
    private final Collection<Waiting> register;
    private final Thread thread;
    /** Guards the field below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private boolean closed;

    private Watchdog(SolverOptions.Watch watch, Pulse pulse, Collection<Waiting> register) {
        this.watch = watch;
        this.pulse = pulse;
        this.register = register;
        this.thread = Thread.ofVirtual().name("solver-watchdog").unstarted(this::watch);
    }

    /** Watches until it is closed. */
    static Watchdog start(SolverOptions.Watch watch, Pulse pulse, Collection<Waiting> register) {
        Watchdog watchdog = new Watchdog(watch, pulse, register);
        watchdog.thread.start();
        return watchdog;
    }

    /** All that is waited for, the longest first. */
    static List<Wait> describe(Collection<Waiting> register) {
        return register.stream()
                .map(Waiting::describe)
                .sorted(Comparator.comparing(Wait::since))
                .toList();
    }

    private void watch() {
        long enough = watch.quiet().toNanos();
        long next = enough;
        while (pause(enough / 4)) {
            long quiet = pulse.quiet();
            if (quiet < enough) {
                next = enough;
            } else if (quiet >= next && !register.isEmpty()) {
                next = 2 * quiet;
                watch.report().accept(describe(register));
                register.forEach(Waiting::tell);
            }
        }
    }

    /** Whether to go on. */
    private boolean pause(long nanos) {
        long left = nanos;
        lock.lock();
        try {
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException("nobody interrupts the watchdog", unexpected);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

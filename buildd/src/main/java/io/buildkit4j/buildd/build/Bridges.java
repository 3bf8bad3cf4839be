package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The gateways that are open now, by their builds' refs. Safe for any thread. */
public final class Bridges {
    /** Guards the table; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Map<String, Bridge> open = new HashMap<>();

    /** None. */
    public Bridges() {}

    void add(String ref, Bridge bridge) {
        lock.lock();
        try {
            open.put(ref, bridge);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void remove(String ref, Bridge bridge) {
        lock.lock();
        try {
            open.remove(ref, bridge);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The gateway of the build with this ref.
     *
     * @param patience how long to wait for that build to begin
     * @throws DaemonFault NOT_FOUND when none did
     */
    public Bridge find(String ref, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            Bridge found = open.get(ref);
            while (found == null && left > 0) {
                left = changed.awaitNanos(left);
                found = open.get(ref);
            }
            if (found == null) {
                throw new DaemonFault(Kind.NOT_FOUND, "no such job " + ref);
            }
            return found;
        } finally {
            lock.unlock();
        }
    }
}

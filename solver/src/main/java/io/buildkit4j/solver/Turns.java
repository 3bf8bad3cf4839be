package io.buildkit4j.solver;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A limited number of places to run in, given out in turn to the jobs that want one, and within a job in order of asking. */
final class Turns {
    /** Guards the fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, ArrayDeque<Turn>> queues = new LinkedHashMap<>();
    private int free;

    private static final class Turn {
        private final Thread thread = Thread.currentThread();
        private volatile boolean granted;
    }

    Turns(int places) {
        free = places;
    }

    /** Waits for a place. */
    void take(String job) throws InterruptedException {
        Turn turn = new Turn();
        lock.lock();
        try {
            if (free > 0) {
                free--;
                return;
            }
            queues.computeIfAbsent(job, absent -> new ArrayDeque<>()).add(turn);
        } finally {
            lock.unlock();
        }
        while (!turn.granted) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                withdraw(job, turn);
                throw new InterruptedException();
            }
        }
    }

    private void withdraw(String job, Turn turn) {
        lock.lock();
        try {
            if (!turn.granted) {
                ArrayDeque<Turn> queue = queues.getOrDefault(job, new ArrayDeque<>());
                queue.remove(turn);
                if (queue.isEmpty()) {
                    queues.remove(job);
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        release();
    }

    /** Gives a place back. */
    void release() {
        Turn next;
        lock.lock();
        try {
            next = next();
            if (next == null) {
                free++;
                return;
            }
            next.granted = true;
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(next.thread);
    }

    /** The oldest wish of the job whose turn it is; that job then goes to the end of the row. */
    private @Nullable Turn next() {
        Map.Entry<String, ArrayDeque<Turn>> first =
                queues.isEmpty() ? null : queues.entrySet().iterator().next();
        if (first == null) {
            return null;
        }
        String job = first.getKey();
        ArrayDeque<Turn> queue = first.getValue();
        queues.remove(job);
        Turn turn = queue.poll();
        if (!queue.isEmpty()) {
            queues.put(job, queue);
        }
        return turn;
    }
}

package io.buildkit4j.wire;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;

/** Daemon threads that can be waited for: a pool calls itself terminated a moment before its threads have ended. */
final class OwnThreads implements ThreadFactory {
    private final String name;
    private final ConcurrentLinkedQueue<Thread> started = new ConcurrentLinkedQueue<>();

    OwnThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        started.removeIf(earlier -> earlier.getState() == Thread.State.TERMINATED);
        started.add(thread);
        return thread;
    }

    /** Waits for all of them, a second at most for each; returns at once when interrupted, and leaves it so. */
    void join() {
        try {
            for (Thread thread : started) {
                if (thread != Thread.currentThread() && thread.getState() != Thread.State.NEW) {
                    thread.join(Duration.ofSeconds(1));
                }
            }
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }
}

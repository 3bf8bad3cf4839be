package io.buildkit4j.worker.source.git;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one caller at a time work in a directory. A claim may be held across I/O; the lock inside is not. */
final class Claims {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Set<Path> claimed = new HashSet<>();

    /** Waits until nobody else has it. */
    Claim claim(Path directory) throws InterruptedException {
        lock.lock();
        try {
            while (!claimed.add(directory)) {
                freed.await();
            }
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                claimed.remove(directory);
                freed.signalAll();
            } finally {
                lock.unlock();
            }
        };
    }

    /** Ends with its close. */
    interface Claim extends AutoCloseable {
        @Override
        void close();
    }
}

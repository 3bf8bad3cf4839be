package io.buildkit4j.store.layer;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Lets one of several that want the same thing make it while the others wait. */
final class Flights {
    private final Map<String, CountDownLatch> running = new ConcurrentHashMap<>();

    /** Looks for what is wanted, or makes it. */
    interface Wanted<T> {
        Optional<T> find() throws InterruptedException;

        T make() throws InterruptedException;
    }

    /** When the maker fails, the next of those that wait tries. */
    <T> T get(String key, Wanted<T> wanted) throws InterruptedException {
        while (true) {
            Optional<T> found = wanted.find();
            if (found.isPresent()) {
                return found.get();
            }
            CountDownLatch own = new CountDownLatch(1);
            CountDownLatch other = running.putIfAbsent(key, own);
            if (other == null) {
                try {
                    // it may have been made between the look and the claim
                    Optional<T> meanwhile = wanted.find();
                    return meanwhile.isPresent() ? meanwhile.get() : wanted.make();
                } finally {
                    running.remove(key);
                    own.countDown();
                }
            }
            other.await();
        }
    }
}

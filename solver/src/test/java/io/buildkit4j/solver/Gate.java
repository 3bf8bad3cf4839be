package io.buildkit4j.solver;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A place that whoever comes by stops at until it is opened or he is interrupted. */
final class Gate implements Step.Obstacle {
    final AtomicInteger passing = new AtomicInteger();
    final AtomicInteger interrupted = new AtomicInteger();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void pass() throws InterruptedException {
        passing.incrementAndGet();
        reached.countDown();
        try {
            open.await();
        } catch (InterruptedException cancelled) {
            interrupted.incrementAndGet();
            throw cancelled;
        }
    }

    void awaitReached() throws InterruptedException {
        reached.await();
    }

    void open() {
        open.countDown();
    }
}

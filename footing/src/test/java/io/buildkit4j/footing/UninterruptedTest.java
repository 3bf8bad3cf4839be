package io.buildkit4j.footing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UninterruptedTest {
    @Test
    void aWaitGoesOnAndTheInterruptIsKept() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger waits = new AtomicInteger();
        Thread other = Thread.ofVirtual().start(() -> Uninterrupted.await(gate::await));

        Thread.currentThread().interrupt();
        Thread opener = Thread.ofVirtual()
                .start(() -> Uninterrupted.await(() -> {
                    while (waits.get() < 2) {
                        Thread.sleep(1);
                    }
                    gate.countDown();
                }));
        Uninterrupted.await(() -> {
            waits.incrementAndGet();
            other.join();
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(other.isAlive()).isFalse();
        assertThat(waits).hasValue(2);
        opener.join();
    }

    @Test
    void nobodyIsInterruptedWithoutCause() {
        Uninterrupted.join(Thread.ofVirtual().start(() -> {}));

        assertThat(Thread.interrupted()).isFalse();
    }
}

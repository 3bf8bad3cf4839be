package io.buildkit4j.store.budget;

import io.buildkit4j.footing.Fault;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All promises of one store. Without a limit everything is promised. Safe for any thread. */
public final class Budget {
    private final AtomicLong promised = new AtomicLong();
    private final AtomicInteger foreign = new AtomicInteger();
    private volatile long ahead;
    private volatile @Nullable Limit limit;

    /** What promises are measured against. */
    public interface Limit {
        /** Whether everything that is there and promised is within it. */
        boolean holds();

        /**
         * Makes room until it holds.
         *
         * @throws io.buildkit4j.store.StoreFault RESOURCE_EXHAUSTED when it cannot
         */
        void enforce() throws InterruptedException;

        /** Makes room for what processes may write unasked, as far as there is some. */
        void prepare() throws InterruptedException;
    }

    /** From now on promises are kept within the limit; {@code ahead} bytes are promised while processes write. */
    public void limit(Limit kept, long bytesAhead) {
        ahead = bytesAhead;
        limit = kept;
    }

    /** A promise of nothing yet. */
    public Reservation reserve() {
        return new Reservation(this);
    }

    /** Bytes of all promises, with what processes may write unasked. */
    public long promised() {
        return promised.get() + (foreign.get() > 0 ? ahead : 0);
    }

    /** Bytes promised by name, without what processes may write unasked. */
    public long asked() {
        return promised.get();
    }

    /** A process begins to write into what the reservation is for. */
    void foreignBegins() throws InterruptedException {
        Limit kept = limit;
        if (foreign.incrementAndGet() > 0 && kept != null && !kept.holds()) {
            kept.prepare();
        }
    }

    void foreignEnds() {
        foreign.decrementAndGet();
    }

    /** Whether there is a limit at all. */
    boolean limited() {
        return limit != null;
    }

    void promise(long bytes) throws InterruptedException {
        promised.addAndGet(bytes);
        Limit kept = limit;
        if (kept == null || kept.holds()) {
            return;
        }
        try {
            kept.enforce();
        } catch (Fault | InterruptedException refused) {
            promised.addAndGet(-bytes);
            throw refused;
        }
    }

    /** What has happened already is counted, whether or not it fits. */
    void admit(long bytes) {
        promised.addAndGet(bytes);
    }
}

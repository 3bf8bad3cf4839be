package io.buildkit4j.store.budget;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.StoreFault;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** What one writer was promised. Grows in pieces, so that small writes cost one addition. Safe for any thread. */
public final class Reservation implements AutoCloseable {
    /** What an entry may take besides its bytes: the last block of a file, a directory, attributes. */
    public static final long ENTRY = 4096;

    private static final long SMALLEST = 256 << 10;
    private static final long LARGEST = 8 << 20;

    private final Budget budget;
    private final AtomicLong spent = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean foreign = new AtomicBoolean();

    Reservation(Budget budget) {
        this.budget = budget;
    }

    /**
     * Before so many bytes are written. May wait for room; an interrupt meanwhile is a fault that is CANCELED, and the thread
     * stays interrupted, because streams call this.
     *
     * @throws StoreFault RESOURCE_EXHAUSTED when there is no room and none can be made; then nothing may be written
     */
    public void spend(long bytes) {
        long now = spent.addAndGet(bytes);
        long missing = now - held.get();
        if (missing <= 0) {
            return;
        }
        long piece = missing + Math.clamp(now / 8, SMALLEST, LARGEST);
        try {
            budget.promise(piece);
        } catch (InterruptedException canceled) {
            Thread.currentThread().interrupt();
            throw new StoreFault(Kind.CANCELED, "waiting for room was canceled", canceled);
        }
        held.addAndGet(piece);
    }

    /** Before something is written whose size is known: promises all of it, so that it fails before it begins. */
    public void expect(long bytes) throws InterruptedException {
        long missing = spent.get() + bytes - held.get();
        if (missing > 0) {
            budget.promise(missing);
            held.addAndGet(missing);
        }
    }

    /** So much is there altogether, as a look at the files has shown. */
    public void found(long bytes) {
        long more = bytes - held.get();
        if (more > 0) {
            spent.accumulateAndGet(bytes, Math::max);
            held.addAndGet(more);
            budget.admit(more);
        }
    }

    /** From now on, until this is closed or the process has ended, a process writes without asking. */
    public void foreignBegins() throws InterruptedException {
        if (foreign.compareAndSet(false, true)) {
            try {
                budget.foreignBegins();
            } catch (InterruptedException | RuntimeException failed) {
                foreignEnds();
                throw failed;
            }
        }
    }

    /** Nothing is written any more but what is asked for. */
    public void foreignEnds() {
        if (foreign.compareAndSet(true, false)) {
            budget.foreignEnds();
        }
    }

    /** Whether a process writes. */
    public boolean isForeign() {
        return foreign.get();
    }

    /** Bytes promised so far. */
    public long held() {
        return closed.get() ? 0 : held.get();
    }

    /** What was written is counted elsewhere, or gone. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            foreignEnds();
            budget.admit(-held.get());
        }
    }
}

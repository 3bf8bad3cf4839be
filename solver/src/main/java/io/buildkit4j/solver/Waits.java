package io.buildkit4j.solver;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread's places at any number of shared computations. Only the opening thread may use it; closing gives all places up.
 */
final class Waits implements Waiting, AutoCloseable {
    /** Names of computations that {@link #describe} tells before it only counts. */
    private static final int NAMED = 3;

    private final Supplier<String> waiter;
    private final Set<Waiting> register;
    private final Consumer<Waits> end;
    private final Thread thread = Thread.currentThread();
    private final List<Shared.Ticket<?>> tickets = new ArrayList<>(2);
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** The waiting thread goes on when no more than so many are pending. */
    private volatile int enough;

    private volatile @Nullable Instant since;
    private volatile List<Shared.Ticket<?>> awaited = List.of();

    /** Waits in the name of somebody, listed in the register while they last. */
    Waits(Supplier<String> waiter, Set<Waiting> register, Consumer<Waits> end) {
        this.waiter = waiter;
        this.register = register;
        this.end = end;
    }

    /** Wants something. */
    <T> Shared.Ticket<T> on(Shared<T> shared) {
        pending.incrementAndGet();
        Shared.Ticket<T> ticket = shared.enter(this);
        tickets.add(ticket);
        return ticket;
    }

    /** Wants something, once fewer than so many other things are under way. */
    void on(Shared<?> shared, int most) throws InterruptedException {
        if (pending.get() >= most) {
            await(most / 2);
        }
        on(shared);
    }

    /** Wants something, waits for it and for everything wanted before, and answers it. */
    <T> T get(Shared<T> shared) throws InterruptedException {
        Shared.Ticket<T> ticket = on(shared);
        await();
        return ticket.value();
    }

    /** Called by a computation, once for each place. */
    void finished(@Nullable Throwable failed) {
        if (failed != null) {
            failure.compareAndSet(null, failed);
        }
        if (pending.decrementAndGet() == enough || failed != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the waiting with this failure, from any thread. */
    void fail(Throwable failed) {
        failure.compareAndSet(null, failed);
        LockSupport.unpark(thread);
    }

    /** Waits for everything that was wanted; throws the first failure at once. */
    void await() throws InterruptedException {
        await(0);
    }

    private void await(int left) throws InterruptedException {
        enough = left;
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (pending.get() > left && failure.get() == null) {
            park();
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case InterruptedException cancelled -> throw cancelled;
            case Throwable other -> throw new IllegalStateException(other.getMessage(), other);
        }
    }

    private void park() throws InterruptedException {
        awaited = List.copyOf(tickets);
        since = Instant.now();
        register.add(this);
        try {
            while (pending.get() > enough && failure.get() == null) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            register.remove(this);
        }
    }

    @Override
    public Wait describe() {
        List<String> names = new ArrayList<>();
        int more = 0;
        for (Shared.Ticket<?> ticket : awaited) {
            if (!ticket.finished()) {
                if (names.size() < NAMED) {
                    names.add(ticket.name());
                } else {
                    more++;
                }
            }
        }
        Instant began = since;
        String reason = String.join(", ", names) + (more == 0 ? "" : " and " + more + " more");
        return new Wait(waiter.get(), reason, began == null ? Instant.EPOCH : began);
    }

    @Override
    public void close() {
        tickets.forEach(Shared.Ticket::abandon);
        tickets.forEach(Shared.Ticket::leave);
        end.accept(this);
    }
}

package io.buildkit4j.solver;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Something that is computed once for everybody who wants it. The first to enter starts it on a virtual thread of its own;
 * when the last one leaves before the end it is interrupted, and whoever enters after that gets a fresh computation as soon
 * as the old one has ended. A value is kept until this is closed and all have left; a failure is for those who waited only.
 */
abstract class Shared<T> implements AutoCloseable {
    /** What it is, for people. */
    abstract String name();

    /** Computes it; may block and must heed interruption. */
    abstract T compute() throws InterruptedException;

    /** Lets a value go. */
    void dispose(T unwanted) {}

    /**
     * Guards the fields below; held for a few instructions, never while computing or disposing. Those of one node share it,
     * and none of them is touched while it is held for another.
     */
    private final ReentrantLock lock;

    /** Made by the first who needs it, which is rare. */
    private @Nullable Condition ended;
    /** Those who wait for the value: the last to enter, and through it the others. */
    private @Nullable Ticket<T> waiting;
    /** How many have entered and not left. */
    private int places;

    private @Nullable Attempt attempt;
    private @Nullable T value;
    private boolean closed;

    /** One computation under way. */
    private final class Attempt {
        private final Thread thread = Thread.ofVirtual().unstarted(() -> run(this));
        private boolean abandoned;
        private boolean over;
    }

    /** One party's place. Its {@link Waits} opens and closes it. */
    static final class Ticket<T> {
        private final Shared<T> shared;
        private final Waits waits;
        private volatile @Nullable T value;
        /** Guarded by the shared one's lock, as are the next four: it counts as a place. */
        private boolean placed = true;

        /** It is one of those who wait; what served tickets are chained by is the serving thread's. */
        private boolean listed;

        private @Nullable Ticket<T> before;
        private @Nullable Ticket<T> after;
        /** What was interrupted because this party was the last to leave. */
        private Shared<T>.@Nullable Attempt left;

        private Ticket(Shared<T> shared, Waits waits) {
            this.shared = shared;
            this.waits = waits;
        }

        /** The value; only after {@link Waits#await}, and only until the waits are closed. */
        T value() {
            T known = value;
            if (known == null) {
                throw new IllegalStateException("nothing was awaited");
            }
            return known;
        }

        String name() {
            return shared.name();
        }

        boolean finished() {
            return value != null;
        }

        void abandon() {
            shared.abandon(this);
        }

        void leave() {
            shared.leave(this);
        }
    }

    Shared(ReentrantLock lock) {
        this.lock = lock;
    }

    /** Takes a place; called by {@link Waits#on} only. */
    Ticket<T> enter(Waits waits) {
        Ticket<T> ticket = new Ticket<>(this, waits);
        lock.lock();
        try {
            places++;
            if (value != null) {
                ticket.value = value;
                waits.finished(null);
                return ticket;
            }
            enlist(ticket);
            if (attempt == null) {
                start();
            }
        } finally {
            lock.unlock();
        }
        return ticket;
    }

    private void enlist(Ticket<T> ticket) {
        ticket.listed = true;
        ticket.before = waiting;
        if (waiting != null) {
            waiting.after = ticket;
        }
        waiting = ticket;
    }

    private void strike(Ticket<T> ticket) {
        if (!ticket.listed) {
            return;
        }
        ticket.listed = false;
        if (ticket.after != null) {
            ticket.after.before = ticket.before;
        } else if (waiting == ticket) {
            waiting = ticket.before;
        }
        if (ticket.before != null) {
            ticket.before.after = ticket.after;
        }
        ticket.before = null;
        ticket.after = null;
    }

    private void start() {
        attempt = new Attempt();
        attempt.thread.start();
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // handed to those who wait; the thread ends here
    private void run(Attempt mine) {
        T made = null;
        Throwable failure = null;
        try {
            made = compute();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        Ticket<T> served = null;
        boolean unwanted;
        lock.lock();
        try {
            unwanted = places == 0;
            served = settle(mine, made);
        } finally {
            lock.unlock();
        }
        if (unwanted && made != null) {
            dispose(made);
        }
        while (served != null) {
            Ticket<T> next = served.before;
            served.before = null;
            served.value = made;
            served.waits.finished(failure);
            served = next;
        }
        lock.lock();
        try {
            mine.over = true;
            if (ended != null) {
                ended.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Decides what becomes of the outcome; answers those who get it, chained. */
    private @Nullable Ticket<T> settle(Attempt mine, @Nullable T made) {
        attempt = null;
        if (places == 0) {
            return null;
        }
        if (made == null && mine.abandoned) {
            start();
            return null;
        }
        value = made;
        Ticket<T> served = waiting;
        waiting = null;
        for (Ticket<T> ticket = served; ticket != null; ticket = ticket.before) {
            ticket.listed = false;
            ticket.after = null;
            if (made == null) {
                ticket.placed = false;
                places--;
            }
        }
        return served;
    }

    /** Gives the place up; interrupts what nobody waits for any more, without waiting for its end. */
    private void abandon(Ticket<T> ticket) {
        T unwanted = null;
        lock.lock();
        try {
            if (!ticket.placed) {
                return;
            }
            ticket.placed = false;
            strike(ticket);
            if (--places == 0) {
                if (attempt != null) {
                    ticket.left = attempt;
                    attempt.abandoned = true;
                    attempt.thread.interrupt();
                }
                if (closed) {
                    unwanted = value;
                    value = null;
                }
            }
        } finally {
            lock.unlock();
        }
        if (unwanted != null) {
            dispose(unwanted);
        }
    }

    /** Waits for the end of what {@link #abandon} interrupted. */
    private void leave(Ticket<T> ticket) {
        lock.lock();
        try {
            Attempt last = ticket.left;
            while (last != null && !last.over) {
                ended().awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private Condition ended() {
        Condition known = ended;
        if (known == null) {
            known = lock.newCondition();
            ended = known;
        }
        return known;
    }

    /** Whether what is being computed is wanted by nobody any more. */
    boolean abandoned() {
        lock.lock();
        try {
            return attempt != null && attempt.abandoned;
        } finally {
            lock.unlock();
        }
    }

    /** The value, when it is there; whoever asks must hold a place or own this. */
    @Nullable
    T known() {
        lock.lock();
        try {
            return value;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the value go as soon as all have left. */
    @Override
    public void close() {
        T unwanted = null;
        lock.lock();
        try {
            closed = true;
            if (places == 0) {
                unwanted = value;
                value = null;
            }
        } finally {
            lock.unlock();
        }
        if (unwanted != null) {
            dispose(unwanted);
        }
    }
}

package io.buildkit4j.solver;

import io.buildkit4j.footing.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A job of the sharing solver. */
final class JobState<R> implements Job<R> {
    private final SharingSolver<R> solver;
    private final String id;
    private final String session;
    private final long number;
    private final Consumer<BuildEvent> events;

    private volatile Optional<Predicate<Vertex<R>>> refusal = Optional.empty();

    /** What it wants. Guarded by the graph's lock. */
    final List<Node<R>> nodes = new ArrayList<>();
    /** It wants nothing any more. Guarded by the graph's lock. */
    boolean released;

    /** Guards the fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition idle = lock.newCondition();
    private final Set<Waits> waits = new HashSet<>();
    private int solving;
    private boolean closed;

    JobState(SharingSolver<R> solver, String id, String session, long number, Consumer<BuildEvent> events) {
        this.solver = solver;
        this.id = id;
        this.session = session;
        this.number = number;
        this.events = events;
    }

    @Override
    public String id() {
        return id;
    }

    String session() {
        return session;
    }

    /** Jobs opened earlier have smaller numbers. */
    long number() {
        return number;
    }

    Consumer<BuildEvent> events() {
        return events;
    }

    @Override
    public R solve(Edge<R> edge) throws InterruptedException {
        return whileOpen(() -> solver.steps().build(edge, List.of(this), List.of(), this::openWaits));
    }

    @Override
    public List<StepAccount> plan(Edge<R> edge) throws InterruptedException {
        return whileOpen(() -> solver.steps().plan(edge, this, this::openWaits));
    }

    @Override
    public List<StepAccount> accounts(int limit) {
        return solver.steps().accounts(this, limit);
    }

    @Override
    public void refuse(Predicate<Vertex<R>> unwanted) {
        refusal = Optional.of(unwanted);
    }

    Optional<Predicate<Vertex<R>>> refusal() {
        return refusal;
    }

    /** What is asked of the solver. */
    @FunctionalInterface
    private interface Question<T> {
        T ask() throws InterruptedException;
    }

    private <T> T whileOpen(Question<T> question) throws InterruptedException {
        lock.lock();
        try {
            if (closed) {
                throw closedFault();
            }
            solving++;
        } finally {
            lock.unlock();
        }
        try {
            return question.ask();
        } finally {
            lock.lock();
            try {
                solving--;
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private SolverFault closedFault() {
        return new SolverFault(Kind.CANCELED, "build " + id + " was closed");
    }

    private Waits openWaits() {
        Waits opened = new Waits(() -> "build " + id, solver.steps().register(), this::forgetWaits);
        lock.lock();
        try {
            waits.add(opened);
            if (closed) {
                opened.fail(closedFault());
            }
        } finally {
            lock.unlock();
        }
        return opened;
    }

    private void forgetWaits(Waits over) {
        lock.lock();
        try {
            waits.remove(over);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                waits.forEach(open -> open.fail(closedFault()));
            }
            while (solving > 0) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        solver.closed(this);
    }
}

package io.buildkit4j.footing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Fans work out on virtual threads that never outlive the scope. The first failure interrupts the others; {@link #join}
 * throws it; {@link #close} interrupts what still runs and waits for it. (The JDK's StructuredTaskScope is a preview in 25;
 * this is its shape, and can be replaced by it.)
 */
public final class TaskScope implements AutoCloseable {
    private final String name;
    private final Thread owner = Thread.currentThread();
    private final List<Task<?>> tasks = new ArrayList<>();
    /** Guards the two fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private int running;
    private @Nullable Throwable failure;

    private TaskScope(String name) {
        this.name = name;
    }

    /** A scope whose threads are named after it. Only the opening thread may fork, join and close. */
    public static TaskScope open(String name) {
        return new TaskScope(name);
    }

    /** One piece of work whose value can be taken after {@link TaskScope#join}. */
    public static final class Task<T> {
        private volatile boolean succeeded;
        private @Nullable T value;
        private final Thread thread;

        private Task(TaskScope scope, String name, Callable<? extends T> work) {
            thread = Thread.ofVirtual().name(name).unstarted(() -> scope.run(this, work));
        }

        /** The value of the finished work; only after a join that threw nothing. */
        @SuppressWarnings("NullAway") // T may itself be nullable
        public T value() {
            if (!succeeded) {
                throw new IllegalStateException("the value is there only after join()");
            }
            return value;
        }
    }

    /** Starts work on a virtual thread of its own. */
    public <T> Task<T> fork(Callable<? extends T> work) {
        owned();
        Task<T> task = new Task<>(this, name + "-" + tasks.size(), work);
        tasks.add(task);
        lock.lock();
        try {
            running++;
            if (failure != null) {
                task.thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        task.thread.start();
        return task;
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // every failure, interruption included, is thrown by join()
    private <T> void run(Task<T> task, Callable<? extends T> work) {
        Throwable failed = null;
        try {
            task.value = work.call();
            task.succeeded = true;
        } catch (Throwable thrown) {
            failed = thrown;
        }
        lock.lock();
        try {
            running--;
            if (failure == null) {
                failure = failed;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for all work. Throws the first failure, after the rest was interrupted and has ended.
     *
     * @throws InterruptedException when the calling thread is interrupted; the children are interrupted too
     */
    public void join() throws InterruptedException {
        owned();
        Throwable failed;
        lock.lock();
        try {
            while (running > 0 && failure == null) {
                changed.await();
            }
            failed = failure;
        } finally {
            lock.unlock();
            close();
        }
        switch (failed) {
            case null -> {}
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case InterruptedException cancelled -> throw cancelled;
            default -> throw new IllegalStateException(failed.getMessage(), failed);
        }
    }

    /** Interrupts what still runs and waits for it, however often this thread is interrupted meanwhile. */
    @Override
    public void close() {
        owned();
        lock.lock();
        try {
            if (running > 0) {
                tasks.forEach(task -> task.thread.interrupt());
            }
            while (running > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void owned() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a task scope belongs to the thread that opened it");
        }
    }

    /** One unit of work of {@link #map}. */
    @FunctionalInterface
    public interface Operation<A, T> {
        /** Turns one input into one output; may block, may be interrupted. */
        T apply(A input) throws InterruptedException;
    }

    /** Applies the operation to all inputs at once, at most {@code limit} at a time; outputs in the order of the inputs. */
    public static <A, T> List<T> map(String name, Collection<A> inputs, int limit, Operation<A, T> operation)
            throws InterruptedException {
        Semaphore permits = new Semaphore(limit);
        try (TaskScope scope = open(name)) {
            List<Task<T>> forked = new ArrayList<>(inputs.size());
            for (A input : inputs) {
                forked.add(scope.<T>fork(() -> {
                    permits.acquire();
                    try {
                        return operation.apply(input);
                    } finally {
                        permits.release();
                    }
                }));
            }
            scope.join();
            List<T> outputs = new ArrayList<>(forked.size());
            for (Task<T> task : forked) {
                outputs.add(task.value());
            }
            return outputs;
        }
    }
}

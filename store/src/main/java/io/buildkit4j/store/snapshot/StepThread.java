package io.buildkit4j.store.snapshot;

/** Whose step a thread works for: its own, or that of the thread that started it. */
@SuppressWarnings("ThreadLocalUsage") // one a store; static would be shared by stores of one process
public final class StepThread {
    private final InheritableThreadLocal<Thread> step = new InheritableThreadLocal<>();

    /** From here on this thread, and those that it starts, work for its step. */
    public void begin() {
        step.set(Thread.currentThread());
    }

    /** The step has ended. */
    public void end() {
        step.remove();
    }

    /** The step's thread; this one where there is none. */
    public Thread current() {
        Thread found = step.get();
        return found == null ? Thread.currentThread() : found;
    }
}

package io.buildkit4j.store.snapshot;

import java.util.Optional;

/** Which step a thread works for: what was begun on it, or on the thread that started it. */
@SuppressWarnings("ThreadLocalUsage") // one a store; static would be shared by stores of one process
public final class StepThread {
    private final InheritableThreadLocal<Object> step = new InheritableThreadLocal<>();

    /** From here on this thread, and those that it starts, work for the step. */
    public void begin(Object begun) {
        step.set(begun);
    }

    /** The step has ended. */
    public void end() {
        step.remove();
    }

    /** The step, which may have ended on another thread. */
    public Optional<Object> current() {
        return Optional.ofNullable(step.get());
    }
}

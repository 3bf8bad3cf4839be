package io.buildkit4j.worker;

import java.util.ArrayDeque;
import java.util.Deque;

/** Things to close together, the last one first, however many of them fail to. */
final class Holds implements AutoCloseable {
    private final Deque<AutoCloseable> held = new ArrayDeque<>();

    <T extends AutoCloseable> T hold(T thing) {
        held.push(thing);
        return thing;
    }

    /** What was held is somebody else's now. */
    void release() {
        held.clear();
    }

    @Override
    @SuppressWarnings("InterruptedExceptionSwallowed") // nothing that is held blocks when it is closed
    public void close() {
        RuntimeException first = null;
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (RuntimeException failed) {
                first = first == null ? failed : first;
            } catch (Exception failed) {
                first = new IllegalStateException(failed);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}

package io.buildkit4j.footing;

/**
 * Waits that an interrupt may not cut short, because what is left would be left behind: the ends of own threads and
 * processes. The interrupt is kept: the thread is interrupted again when the wait is over.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** One wait; it is begun again when it is interrupted. */
    @FunctionalInterface
    public interface Wait {
        /** Returns when there is nothing more to wait for. */
        void await() throws InterruptedException;
    }

    /** Returns when the wait has. */
    @SuppressWarnings("InterruptedExceptionSwallowed") // the interrupt is set again
    public static void await(Wait wait) {
        boolean interrupted = false;
        boolean over = false;
        while (!over) {
            try {
                wait.await();
                over = true;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when the thread has ended. */
    public static void join(Thread thread) {
        await(thread::join);
    }
}

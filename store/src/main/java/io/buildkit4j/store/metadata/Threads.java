package io.buildkit4j.store.metadata;

/** Waits for the end of own threads where an interrupt may not cut the clean-up short. */
final class Threads {
    private Threads() {}

    /** Waits until the thread has ended; an interrupt is kept for later. */
    @SuppressWarnings({"InterruptedExceptionSwallowed", "ThreadJoinLoop"}) // the interrupt is set again
    static void joinFirmly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.buildkit4j.solver;

/** When something last happened. */
final class Pulse {
    private volatile long last = System.nanoTime();

    /** Something happens. */
    void beat() {
        last = System.nanoTime();
    }

    /** Nanoseconds since then. */
    long quiet() {
        return System.nanoTime() - last;
    }
}

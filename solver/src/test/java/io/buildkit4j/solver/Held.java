package io.buildkit4j.solver;

/** A hold on a made-up result: its content as text. */
final class Held {
    final String content;
    private boolean closed;

    Held(String content) {
        this.content = content;
    }

    /** Whether this was the first close. */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    /** The content; a hold that was let go must not be used. */
    synchronized String content() {
        if (closed) {
            throw new IllegalStateException("used after it was closed: " + content);
        }
        return content;
    }
}

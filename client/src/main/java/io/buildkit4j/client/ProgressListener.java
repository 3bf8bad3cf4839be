package io.buildkit4j.client;

/** Hears what happens in a build. */
@FunctionalInterface
public interface ProgressListener {
    /** Takes the next frame; may take its time, the daemon keeps the rest. */
    void frame(Progress frame);
}

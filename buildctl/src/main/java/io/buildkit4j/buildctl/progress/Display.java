package io.buildkit4j.buildctl.progress;

import io.buildkit4j.client.Progress;

/** Shows frames of one build. Called by one thread at a time. */
public interface Display extends AutoCloseable {
    /** Shows nothing. */
    Display NONE = frame -> {};

    /** Takes the next frame. */
    void show(Progress frame);

    /** Called ten times a second while no frame comes. */
    default void tick() {}

    /** Shows what is left, and what failed with its output. */
    @Override
    default void close() {}
}

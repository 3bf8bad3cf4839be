package io.buildkit4j.store;

/** Processes that write into the store and can be made to wait, such as a container's. Neither call waits for long or fails. */
public interface Brake {
    /** From soon on they stand still. */
    void hold();

    /** They go on. */
    void go();
}

package io.buildkit4j.store;

/** That something runs which may use content without holding a record of it: what it has touched stays until it is closed. */
public interface Work extends AutoCloseable {
    @Override
    void close();
}

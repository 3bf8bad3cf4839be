package io.buildkit4j.store;

/** Something that writes into the store and can be done again from the beginning. */
@FunctionalInterface
public interface Writing<T> {
    /** Does it. */
    T run() throws InterruptedException;
}

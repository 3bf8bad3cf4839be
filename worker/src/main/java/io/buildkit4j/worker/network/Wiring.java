package io.buildkit4j.worker.network;

/** Makes namespaces and connects them to something, and takes them apart again. Safe for any thread. */
interface Wiring extends AutoCloseable {
    /**
     * A namespace that is connected.
     *
     * @param number of this daemon's own, from 0, unused at the moment
     * @return the namespace's name
     */
    String connect(int number);

    /** Takes apart what {@link #connect} made, however far that came. */
    void disconnect(int number);

    /** How many there can be at once. */
    int capacity();

    @Override
    void close();
}

package io.buildkit4j.wire;

import java.io.InputStream;

/** The sending side of a directory tree. */
public interface FileSource {
    /**
     * Visits every entry, parents before children, siblings in the order of their names' bytes (the order that the protocol
     * compares by: path parts are compared one by one).
     */
    void walk(Visitor visitor) throws InterruptedException;

    /** Opens a regular file that was visited. */
    InputStream open(String path);

    /** Takes one entry. */
    @FunctionalInterface
    interface Visitor {
        /** May block when the receiver is slow. */
        void entry(FileStat stat) throws InterruptedException;
    }
}

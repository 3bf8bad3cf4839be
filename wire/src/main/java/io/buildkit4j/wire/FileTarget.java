package io.buildkit4j.wire;

import java.io.IOException;
import java.io.OutputStream;

/** Where a client puts what the daemon sends it. */
public sealed interface FileTarget {
    /** A directory that takes a tree. */
    record Tree(FileReceiver receiver) implements FileTarget {}

    /** A place for one stream of bytes; exactly one of {@link #finish} and {@link #abandon} ends it. */
    non-sealed interface Bytes extends FileTarget {
        /** Takes the bytes; closed by neither side but by {@link #finish} or {@link #abandon}. */
        OutputStream stream();

        /** All bytes have come. */
        void finish() throws IOException;

        /** No more will come: what is there is worthless. */
        void abandon();
    }
}

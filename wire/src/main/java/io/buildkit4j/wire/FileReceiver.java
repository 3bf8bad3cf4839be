package io.buildkit4j.wire;

import java.io.OutputStream;

/** The receiving side of a directory tree. Entries come from one thread, in the sender's order; contents from any. */
public interface FileReceiver {
    /** Takes an entry; answers whether its content must be sent (only ever for regular files that are not hard links). */
    boolean entry(FileStat stat) throws InterruptedException;

    /** Where the content of such a file goes; closed when it is complete. */
    OutputStream content(FileStat stat) throws InterruptedException;

    /** All entries and all contents have arrived. */
    void finish() throws InterruptedException;
}

package io.buildkit4j.wire;

import java.io.OutputStream;

/** Bytes on their way to a client. Closing waits until the client has them and takes them for whole. */
public abstract class ClientStream extends OutputStream {
    /** For those who make one. */
    protected ClientStream() {}

    /** Ends the transfer as failed, so that the client does not take what it has for the whole. Nothing after a close. */
    public abstract void abandon();
}

package io.buildkit4j.buildd.build;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** Lets a frontend in that speaks over two byte streams. */
public interface BridgeDoor {
    /** So long a frontend may take to say its first word. */
    Duration silence();

    /** Serves this bridge, and nothing else, to whoever is at the other end. */
    Visit open(Bridge bridge, InputStream heard, OutputStream said);

    /** The conversation. Closing it ends all calls and waits for them. */
    interface Visit extends AutoCloseable {
        /** Waits so long at most until the other end has hung up, or was hung up on for talking nonsense. */
        boolean awaitEnd(Duration patience) throws InterruptedException;

        /** Bytes heard so far. */
        long heard();

        @Override
        void close();
    }
}

package io.buildkit4j.worker;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** A process in a container while it runs, to talk with. Closing kills it if it still runs, and waits until it is gone. */
public interface RunningProcess extends AutoCloseable {
    /** What it reads; closing it ends its input. It takes nothing where the process has no input. */
    OutputStream input();

    /** What it writes, where that is not handed to a {@link ProcessOutput}. */
    InputStream output();

    /** How large its terminal is from now on; nothing happens where it has none. */
    void resize(int rows, int columns);

    /**
     * Sends it a signal by name or number, such as {@code SIGINT}.
     *
     * @throws io.buildkit4j.footing.Fault INVALID_ARGUMENT when there is no such signal
     */
    void signal(String name);

    /**
     * Waits until it runs, or has ended already.
     *
     * @throws WorkerFault when it could not be started
     */
    void awaitStart() throws InterruptedException;

    /**
     * Waits for its end; all of its output was handed over when this returns.
     *
     * @throws WorkerFault when it could not be started; an exit code is not a fault
     */
    ProcessExit await() throws InterruptedException;

    /** As {@link #await()}, for so long at most; nothing when it still runs then. */
    Optional<ProcessExit> await(Duration patience) throws InterruptedException;

    @Override
    void close();

    /** What the standard streams of a process are. */
    enum Streams {
        /** It reads nothing; what it writes is handed over. */
        SILENT,
        /** It reads what it is given; what it writes is handed over. */
        PIPED,
        /** All three are a terminal. */
        TERMINAL,
        /** It reads what it is given, what it writes is read here, and only its errors are handed over. */
        CONVERSING
    }
}

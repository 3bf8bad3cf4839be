package io.buildkit4j.worker;

/** Runs processes in containers. Safe for any thread. */
public interface ProcessExecutor extends AutoCloseable {
    /**
     * Runs the process to its end; all of its output was handed over when this returns. An interrupt kills the process and
     * all its children at once.
     *
     * @throws io.buildkit4j.worker.WorkerFault when it could not be started; an exit code is not a fault
     */
    ProcessExit run(ProcessRequest request, ProcessOutput output) throws InterruptedException;

    /** Starts the process and leaves it running. The answer is the caller's to close, which ends the container. */
    RunningContainer start(ProcessRequest request, RunningProcess.Streams streams, ProcessOutput output)
            throws InterruptedException;

    /** Removes what stays from one container to the next; none must run any more. */
    @Override
    default void close() {}

    /** A container with its first process. It ends with that one. */
    interface RunningContainer extends RunningProcess {
        /** Starts another process in it. */
        RunningProcess start(Beside beside, RunningProcess.Streams streams, ProcessOutput output);
    }

    /** Another process of a container; privileged as in {@link Isolation}. */
    record Beside(ProcessRequest.Command command, boolean privileged) {}
}

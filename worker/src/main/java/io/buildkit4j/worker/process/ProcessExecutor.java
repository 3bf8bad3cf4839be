package io.buildkit4j.worker.process;

/** Runs processes in containers. Safe for any thread. */
public interface ProcessExecutor {
    /**
     * Runs the process to its end; all of its output was handed over when this returns. An interrupt kills the process and
     * all its children at once.
     *
     * @throws io.buildkit4j.worker.WorkerFault when it could not be started; an exit code is not a fault
     */
    ProcessExit run(ProcessRequest request, ProcessOutput output) throws InterruptedException;
}

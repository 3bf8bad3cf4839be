package io.buildkit4j.worker;

/** Takes what a process writes, as it arrives, each stream in order. Called from two threads, one a stream. */
@FunctionalInterface
public interface ProcessOutput {
    /** {@code stream} is 1 for standard output, 2 for standard error; the array is the caller's and is used again. */
    void write(int stream, byte[] bytes, int offset, int length);
}

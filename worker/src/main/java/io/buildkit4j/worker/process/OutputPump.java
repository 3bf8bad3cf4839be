package io.buildkit4j.worker.process;

import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.worker.ProcessOutput;
import java.io.IOException;
import java.io.InputStream;

/**
 * Carries one stream of a process to its end, on a platform thread of its own: a read of a pipe would hold the carrier of a
 * virtual thread for as long as the process is silent.
 */
public final class OutputPump {
    private static final int CHUNK = 64 * 1024;

    private final int stream;
    private final InputStream from;
    private final ProcessOutput to;
    private final Thread thread;

    /** Begins at once; the name is its thread's. */
    public OutputPump(String name, int stream, InputStream from, ProcessOutput to) {
        this.stream = stream;
        this.from = from;
        this.to = to;
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    private void run() {
        byte[] buffer = new byte[CHUNK];
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(stream, buffer, 0, n);
            }
        } catch (IOException ignored) {
            // The pipe was closed under the read: the process is gone, and so is what it had to say.
        }
    }

    /** Waits until everything was handed over; to be called when the process is gone, so it is never long. */
    public void join() {
        Uninterrupted.join(thread);
    }
}

package io.buildkit4j.wire;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;

/** Calls of generated blocking stubs, with this project's faults and interruption. */
public final class Calls {
    private Calls() {}

    /** A call of a blocking stub. */
    @FunctionalInterface
    public interface Request<T> {
        /** Makes the call. */
        T send() throws StatusException, InterruptedException;
    }

    /**
     * Makes the call. An interrupt cancels it.
     *
     * @throws WireFault that the failed call tells of
     */
    public static <T> T ask(Request<T> request) throws InterruptedException {
        try {
            return request.send();
        } catch (StatusException | StatusRuntimeException failed) {
            // the stubs report interruption as a cancelled call and leave the thread's flag set
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for an answer");
            }
            throw WireStatus.fault(failed);
        }
    }
}

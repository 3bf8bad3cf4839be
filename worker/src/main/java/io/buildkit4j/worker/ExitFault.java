package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;

/** A process of a step ended otherwise than it should have; it knows the exit code. */
public final class ExitFault extends WorkerFault {
    private static final long serialVersionUID = 1L;

    private final int code;

    ExitFault(Kind kind, String message, int code) {
        super(kind, message);
        this.code = code;
    }

    /** As the process ended, or 128 and the number of the signal that ended it. */
    public int code() {
        return code;
    }
}

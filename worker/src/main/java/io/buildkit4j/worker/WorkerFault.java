package io.buildkit4j.worker;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong with steps: sources, processes, file operations, and definitions that cannot be turned into steps. */
public class WorkerFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public WorkerFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public WorkerFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

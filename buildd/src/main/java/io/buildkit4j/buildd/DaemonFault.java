package io.buildkit4j.buildd;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong with the daemon itself: its configuration, its addresses, its state directory, a request to it. */
public class DaemonFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public DaemonFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public DaemonFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

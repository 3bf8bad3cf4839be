package io.buildkit4j.wire;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong between processes. */
public class WireFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public WireFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public WireFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

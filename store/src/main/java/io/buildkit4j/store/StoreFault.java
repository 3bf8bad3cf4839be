package io.buildkit4j.store;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong with content, snapshots, refs and their records. */
public class StoreFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public StoreFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public StoreFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

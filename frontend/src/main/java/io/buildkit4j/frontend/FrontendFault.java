package io.buildkit4j.frontend;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What is wrong with what a user wrote or asked for. */
public class FrontendFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public FrontendFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public FrontendFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

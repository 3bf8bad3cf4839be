package io.buildkit4j.llb;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What is wrong with a definition, an op or the use of the state builder. */
public class LlbFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public LlbFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public LlbFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }

    /** The definition or the call itself is wrong. */
    public static LlbFault invalid(String message) {
        return new LlbFault(Kind.INVALID_ARGUMENT, message);
    }
}

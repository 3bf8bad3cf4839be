package io.buildkit4j.frontend;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What is wrong with what a user wrote or asked for. */
public class FrontendFault extends Fault {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 4_000;

    /** Whoever writes a line of a mebibyte knows it. */
    private static String clipped(String message) {
        int length = message.length();
        return length <= LONGEST
                ? message
                : message.substring(0, LONGEST / 2) + " … (" + (length - LONGEST) + " characters more) … "
                        + message.substring(length - LONGEST / 2);
    }

    /** A fault without a cause. */
    public FrontendFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public FrontendFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, clipped(message), cause);
    }
}

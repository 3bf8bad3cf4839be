package io.buildkit4j.buildctl;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;

/** The command line was used wrongly, or what it names on this side cannot be read or written. */
public class UsageFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** The message is shown after {@code error:}. */
    public UsageFault(String message) {
        super(Kind.INVALID_ARGUMENT, message, null);
    }
}

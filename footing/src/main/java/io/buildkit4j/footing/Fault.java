package io.buildkit4j.footing;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that is thrown on purpose. Each module has one subclass of its own. The message names the place
 * and, where there is one, the remedy; it is shown to users as it is. Cancellation is not a fault: it is an {@link
 * InterruptedException}.
 */
public abstract class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The message is what a user reads; the cause may be absent. */
    protected Fault(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What kind of thing went wrong. */
    public final Kind kind() {
        return kind;
    }

    /** Always present, unlike that of other exceptions. */
    @Override
    public final String getMessage() {
        String message = super.getMessage();
        return message == null ? kind.name() : message;
    }
}

package io.buildkit4j.client;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What goes wrong between a client and its daemon, or in the build that was asked for. */
public class ClientFault extends Fault {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable SourcePlace place;

    /** A fault without a cause. */
    public ClientFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public ClientFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
        this.place = null;
    }

    /** A fault of what a user wrote, with the place. */
    public ClientFault(Kind kind, String message, Throwable cause, SourcePlace place) {
        super(kind, message, cause);
        this.place = place;
    }

    /** Where what went wrong was written, when the daemon tells. */
    public Optional<SourcePlace> place() {
        return Optional.ofNullable(place);
    }
}

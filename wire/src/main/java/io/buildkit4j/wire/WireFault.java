package io.buildkit4j.wire;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes wrong between processes. */
public class WireFault extends Fault {
    private static final long serialVersionUID = 1L;

    private final transient List<FaultDetail> details;

    /** A fault without a cause. */
    public WireFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public WireFault(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, List.of(), cause);
    }

    /** A fault with the typed details that the other side gave. */
    public WireFault(Kind kind, String message, List<FaultDetail> details, @Nullable Throwable cause) {
        super(kind, message, cause);
        this.details = List.copyOf(details);
    }

    /** What the other side said beside the message. */
    public List<FaultDetail> details() {
        return details;
    }
}

package io.buildkit4j.exporter;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong while results are taken out of the store. */
public class ExporterFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public ExporterFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public ExporterFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

package io.buildkit4j.solver;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong with the graph itself; what goes wrong in a step is the step's own fault, wrapped in a StepFault. */
public class SolverFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public SolverFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public SolverFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}

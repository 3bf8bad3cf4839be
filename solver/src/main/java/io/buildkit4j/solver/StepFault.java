package io.buildkit4j.solver;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Digest;

/** A step failed: which one, and in its cause why. */
public final class StepFault extends SolverFault {
    private static final long serialVersionUID = 1L;

    private final transient Digest vertex;

    /** Wraps what the vertex threw; kind and message are the cause's. */
    public StepFault(Digest vertex, String name, Fault cause) {
        super(cause.kind(), name.isEmpty() ? cause.getMessage() : name + ": " + cause.getMessage(), cause);
        this.vertex = vertex;
    }

    /** The step that failed. */
    public Digest vertex() {
        return vertex;
    }
}

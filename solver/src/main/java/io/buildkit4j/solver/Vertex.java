package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.List;
import java.util.Optional;

/**
 * One step of a build. It carries its own behaviour. Two vertices with equal digests are the same step, whichever job
 * brought them, and run once.
 */
public interface Vertex<R> {
    /** Names the step and, through it, all steps below. */
    Digest digest();

    /** What a person sees, such as {@code [build 2/4] RUN make}. */
    String name();

    /** What it consumes, in the order that {@link CacheMap#inputs} and {@link #run} use. */
    List<Edge<R>> inputs();

    /** How it wants to be treated. */
    VertexTraits traits();

    /**
     * Describes what the step depends on besides its inputs, without running them. Asked with index 0 first; as long as an
     * answer is not {@link CacheMap#last} the solver may ask for the next index when the earlier key matched nothing (a
     * tag's digest, for example, after its name). May touch the network, never the inputs.
     */
    CacheMap<R> cacheMap(JobContext<R> context, int index) throws InterruptedException;

    /**
     * A result that is there without a run, because the step had to be received to be described, as a client's directory. It
     * is the caller's to close.
     */
    default Optional<R> atHand() {
        return Optional.empty();
    }

    /**
     * Runs the step. The inputs stay the solver's; the outputs become the solver's, one for each output index.
     *
     * @throws io.buildkit4j.footing.Fault when the step fails
     */
    List<R> run(JobContext<R> context, List<R> inputs) throws InterruptedException;
}

package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.Optional;

/**
 * How one input takes part in a vertex's keys.
 *
 * @param selector the part of the input that is used, such as a path; empty for all of it. Part of the definition key
 * @param content hashes the part of the executed input that the step sees; empty when content never decides
 * @param contentOnly the definition key of this input says nothing about the step, only its content does
 */
public record InputRule<R>(String selector, Optional<ContentDigest<R>> content, boolean contentOnly) {
    /** An input that counts whole and by definition only. */
    public static <R> InputRule<R> byDefinition() {
        return new InputRule<>("", Optional.empty(), false);
    }

    /** Hashes what a step sees of one executed input. */
    @FunctionalInterface
    public interface ContentDigest<R> {
        /** The digest with its readable record; may read the whole input. */
        Keyed digest(JobContext<R> context, R input) throws InterruptedException;
    }

    /** A content digest and what went into it. */
    public record Keyed(Digest digest, Ingredients ingredients) {}
}

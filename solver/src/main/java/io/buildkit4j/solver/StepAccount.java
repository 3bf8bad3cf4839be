package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What became of one step in a job, or would become of it, with all that went into its key: enough to tell later why it was
 * not found.
 *
 * @param name what a person sees
 * @param ignored it was to be run whatever is known
 * @param definition key from what the step says and the definitions below it
 * @param key under which its result is kept; absent when it did not come to be known
 * @param result id of the newest result under the key; absent when there is none
 * @param ingredients the readable record of what the step itself contributes to its keys
 * @param lost ids of results that were known but are not there any more
 * @param took how long it ran; zero when it did not
 */
public record StepAccount(
        Digest vertex,
        String name,
        Optional<VertexTraits.ProgressGroup> group,
        Verdict verdict,
        boolean ignored,
        Digest definition,
        Optional<Digest> key,
        Optional<String> result,
        Ingredients ingredients,
        List<Input> inputs,
        List<String> lost,
        Duration took) {
    /** Lists are copied. */
    public StepAccount {
        inputs = List.copyOf(inputs);
        lost = List.copyOf(lost);
    }

    /** What became of a step. */
    public enum Verdict {
        /** Its result was found by what the step and everything below it say. */
        HIT_BY_DEFINITION,
        /** Its result was found by what its inputs contain. */
        HIT_BY_CONTENT,
        /** Nobody asked for it, because something above it was found. */
        SPARED,
        /** It was run. */
        RUN,
        /** It was run and failed, or was given up. */
        FAILED,
        /** A plan's answer: nothing is known under its key. */
        WOULD_RUN,
        /** A plan's answer: its key depends on the content of something that would have to be run first. */
        UNKNOWN,
        /** The build ended before it was decided. */
        UNDECIDED
    }

    /**
     * One input.
     *
     * @param selector the part that is used; empty for all of it
     * @param byContent whether what it contains counts, not only how it was made
     * @param content digest of what it contains, when that is known
     */
    public record Input(Digest vertex, int output, String selector, boolean byContent, Optional<Digest> content) {}
}

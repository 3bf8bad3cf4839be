package io.buildkit4j.frontend.stage;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;

/**
 * What expanding the variables of one file may cost in all, so that a small file that names large values again and again
 * takes neither the daemon's memory nor its time. Used by one thread.
 */
public final class Allowance {
    private static final long MOST_LETTERS = 32L << 20;
    private static final long MOST_STEPS = 200_000_000;

    private long letters;
    private long steps;

    /**
     * Takes letters of texts that are made.
     *
     * @throws FrontendFault RESOURCE_EXHAUSTED when there were too many
     */
    public void letters(long more) {
        letters += more;
        if (letters > MOST_LETTERS) {
            throw new FrontendFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "the variables of this file make more than " + (MOST_LETTERS >> 20)
                            + " million characters, in all lines and steps: use large values less often");
        }
    }

    /** Takes comparisons of a pattern with a text. */
    void steps(long more) {
        steps += more;
        if (steps > MOST_STEPS) {
            throw new FrontendFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "the patterns in substitutions of this file take too long: use shorter patterns or values");
        }
    }
}

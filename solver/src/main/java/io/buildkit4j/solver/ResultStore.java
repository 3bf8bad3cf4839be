package io.buildkit4j.solver;

import java.util.Optional;

/** What the solver must know about results of type {@code R}: to hold, to let go, to keep and to find again. */
public interface ResultStore<R> {
    /** A second, independent hold on the same result. */
    R share(R result);

    /** Lets go of one hold. */
    void close(R result);

    /** Makes the result findable after all holds are gone, as far as the cache keeps it; answers its id. */
    String save(R result) throws InterruptedException;

    /** Finds a saved result, or nothing when it is gone or damaged. */
    Optional<R> load(String id) throws InterruptedException;
}

package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where keys and the ids of their results are kept. Implementations are safe for any thread; a damaged record is absent.
 */
public interface CacheStore {
    /** Ids of results known under the key, the newest first. */
    List<SavedResult> results(Digest key);

    /** Remembers a result under a key. Nothing is visible before it is complete. */
    void save(Digest key, SavedResult result);

    /** Forgets a result that could not be loaded, wherever it is named. */
    void forget(String resultId);

    /** Remembers that an edge's {@code alias} key names the same content as {@code key}, as found by content. */
    void link(Digest alias, Digest key);

    /** Keys that the alias is known to mean, the newest first. */
    List<Digest> links(Digest alias);

    /** The record of what went into a key. */
    Optional<Ingredients> ingredients(Digest key);

    /** Keeps the record of what went into a key. */
    void describe(Digest key, Ingredients ingredients);

    /** A result by its id, and when it was made. */
    record SavedResult(String id, Instant created) {}
}

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

    /** Forgets a result that is gone, wherever it is named, and the links that were kept for it alone. */
    void forget(String resultId);

    /**
     * Remembers that {@code alias} means {@code key}: another key of the same content, or the digest of what was once found
     * there. It is forgotten with the last result under {@code keeper}, so that links grow with the results only; without
     * any result there it may be forgotten at any time.
     */
    void link(Digest alias, Digest key, Digest keeper);

    /** Keys that the alias is known to mean, the newest first. */
    List<Digest> links(Digest alias);

    /** What is known to mean something as long as this key has results; for whoever takes the key to another store. */
    default List<Alias> kept(Digest keeper) {
        return List.of();
    }

    /** That one key means another; see {@link #link}. */
    record Alias(Digest alias, Digest key) {}

    /** The record of what went into a key. */
    Optional<Ingredients> ingredients(Digest key);

    /** Keeps the record of what went into a key. */
    void describe(Digest key, Ingredients ingredients);

    /** A result by its id, and when it was made. */
    record SavedResult(String id, Instant created) {}
}

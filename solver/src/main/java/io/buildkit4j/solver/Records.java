package io.buildkit4j.solver;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known from earlier builds: reads and writes the two stores. */
final class Records<R> {
    private final ResultStore<R> results;
    private final CacheStore cache;

    Records(ResultStore<R> results, CacheStore cache) {
        this.results = results;
        this.cache = cache;
    }

    ResultStore<R> results() {
        return results;
    }

    /** A result under the key or under what the key is known to mean; records that fail to load are forgotten. */
    Optional<Node.Held<R>> find(Digest key, int output, Node<R> seeker) throws InterruptedException {
        List<Digest> candidates = new ArrayList<>(2);
        candidates.add(key);
        candidates.addAll(cache.links(key));
        for (Digest candidate : candidates) {
            for (CacheStore.SavedResult saved : cache.results(Keys.output(candidate, output))) {
                Optional<R> loaded = load(saved.id());
                if (loaded.isPresent()) {
                    return Optional.of(new Node.Held<>(loaded.get(), new Name(candidate, false)));
                }
                cache.forget(saved.id());
                List<String> lost = new ArrayList<>(seeker.lost);
                lost.add(saved.id());
                seeker.lost = List.copyOf(lost);
            }
        }
        return Optional.empty();
    }

    private Optional<R> load(String id) throws InterruptedException {
        try {
            return results.load(id);
        } catch (Fault unreadable) {
            return Optional.empty(); // a record that cannot be read is a miss, never a failed build
        }
    }

    /** Whether a key is known at all: by another name, or by a result of the first output. */
    Optional<Digest> known(Digest key) {
        Optional<Digest> meant = meaning(key);
        return meant.isPresent() || cache.results(key).isEmpty() ? meant : Optional.of(key);
    }

    /** Whether {@link #find} has something to try. */
    boolean has(Digest key, int output) {
        return !cache.results(Keys.output(key, output)).isEmpty()
                || cache.links(key).stream()
                        .anyMatch(meant ->
                                !cache.results(Keys.output(meant, output)).isEmpty());
    }

    /** The id of the newest result of a key's first output. */
    Optional<String> newest(Digest key) {
        return cache.results(key).stream().findFirst().map(CacheStore.SavedResult::id);
    }

    /** What an alias meant last. */
    Optional<Digest> meaning(Digest alias) {
        return cache.links(alias).stream().findFirst();
    }

    /** Notes what an alias means. */
    void learn(Digest alias, Digest key) {
        learn(alias, key, key);
    }

    /** Notes what an alias means as long as the keeper has results, unless it is what is known already. */
    void learn(Digest alias, Digest meaning, Digest keeper) {
        if (!alias.equals(meaning) && !meaning(alias).equals(Optional.of(meaning))) {
            cache.link(alias, meaning, keeper);
        }
    }

    /** Keeps the record of what went into a key. */
    void describe(Digest key, Ingredients ingredients) {
        cache.describe(key, ingredients);
    }

    /** Keeps all outputs under a vertex's key. */
    void save(Digest key, List<R> outputs) throws InterruptedException {
        for (int i = 0; i < outputs.size(); i++) {
            String id = results.save(outputs.get(i));
            cache.save(Keys.output(key, i), new CacheStore.SavedResult(id, Instant.now()));
        }
    }
}

package io.buildkit4j.worker.cache;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.solver.Ingredients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known here, and after it what imported caches know. Only the former is written to. */
public record ImportingKeys(StoredKeys own, Imports imports) implements CacheStore {
    @Override
    public List<SavedResult> results(Digest key) {
        return joined(own.results(key), imports.results(key));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        if (second.isEmpty()) {
            return first;
        }
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @Override
    public void save(Digest key, SavedResult result) {
        own.save(key, result);
    }

    @Override
    public void forget(String resultId) {
        if (Imports.isOne(resultId)) {
            imports.forget(resultId);
        } else {
            own.forget(resultId);
        }
    }

    @Override
    public void link(Digest alias, Digest key, Digest keeper) {
        own.link(alias, key, keeper);
    }

    @Override
    public List<Digest> links(Digest alias) {
        return joined(own.links(alias), imports.links(alias));
    }

    @Override
    public List<Alias> kept(Digest keeper) {
        return own.kept(keeper);
    }

    @Override
    public Optional<Ingredients> ingredients(Digest key) {
        return own.ingredients(key);
    }

    @Override
    public void describe(Digest key, Ingredients ingredients) {
        own.describe(key, ingredients);
    }
}

package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Keys in memory: the reference for stores that last. */
public final class MemoryCacheStore implements CacheStore {
    /** Guards the maps; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Digest, List<SavedResult>> results = new HashMap<>();
    private final Map<Digest, List<Digest>> links = new HashMap<>();
    private final Map<Digest, Ingredients> ingredients = new HashMap<>();
    private final Map<String, Set<Digest>> keysOfResult = new HashMap<>();

    @Override
    public List<SavedResult> results(Digest key) {
        lock.lock();
        try {
            return results.getOrDefault(key, List.of());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void save(Digest key, SavedResult result) {
        lock.lock();
        try {
            List<SavedResult> known = new ArrayList<>(results.getOrDefault(key, List.of()));
            known.removeIf(other -> other.id().equals(result.id()));
            known.addFirst(result);
            results.put(key, List.copyOf(known));
            keysOfResult
                    .computeIfAbsent(result.id(), absent -> HashSet.newHashSet(1))
                    .add(key);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget(String resultId) {
        lock.lock();
        try {
            Set<Digest> keys = keysOfResult.remove(resultId);
            for (Digest key : keys == null ? Set.<Digest>of() : keys) {
                List<SavedResult> known = new ArrayList<>(results.getOrDefault(key, List.of()));
                known.removeIf(other -> other.id().equals(resultId));
                results.put(key, List.copyOf(known));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void link(Digest alias, Digest key) {
        lock.lock();
        try {
            List<Digest> known = new ArrayList<>(links.getOrDefault(alias, List.of()));
            known.remove(key);
            known.addFirst(key);
            links.put(alias, List.copyOf(known));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Digest> links(Digest alias) {
        lock.lock();
        try {
            return links.getOrDefault(alias, List.of());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Ingredients> ingredients(Digest key) {
        lock.lock();
        try {
            return Optional.ofNullable(ingredients.get(key));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void describe(Digest key, Ingredients parts) {
        lock.lock();
        try {
            ingredients.put(key, parts);
        } finally {
            lock.unlock();
        }
    }
}

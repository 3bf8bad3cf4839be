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

/** Keys in memory: the reference for stores that last, and what such a store answers from. */
public final class MemoryCacheStore implements CacheStore {
    /** Guards the maps; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Digest, List<SavedResult>> results = new HashMap<>();
    private final Map<Digest, List<Link>> links = new HashMap<>();
    private final Map<Digest, Ingredients> ingredients = new HashMap<>();
    /** Whom a result is known to, and which links last as long as a key's results. */
    private final Map<String, Set<Digest>> keysOfResult = new HashMap<>();

    private final Map<Digest, Set<Link>> linksOfKeeper = new HashMap<>();

    /** What an alias means, and under which key a result keeps it. */
    public record Link(Digest alias, Digest key, Digest keeper) {}

    /** What went with a result: the keys that it was known under, and the links that nothing keeps any more. */
    public record Forgotten(List<Digest> keys, List<Link> links) {}

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
            List<SavedResult> known = results.get(key);
            results.put(key, known == null ? List.of(result) : newest(result, without(known, result.id())));
            add(keysOfResult, result.id(), key);
        } finally {
            lock.unlock();
        }
    }

    private static List<SavedResult> without(List<SavedResult> known, String id) {
        return known.stream().filter(other -> !other.id().equals(id)).toList();
    }

    private static <T> List<T> newest(T first, List<T> others) {
        List<T> all = new ArrayList<>(others.size() + 1);
        all.add(first);
        all.addAll(others);
        return List.copyOf(all);
    }

    /** Most sets have one element for ever, a few grow large. */
    private static <K, T> void add(Map<K, Set<T>> sets, K key, T element) {
        Set<T> known = sets.get(key);
        if (known == null) {
            sets.put(key, Set.of(element));
        } else if (known instanceof HashSet) {
            known.add(element);
        } else {
            Set<T> grown = new HashSet<>(known);
            grown.add(element);
            sets.put(key, grown);
        }
    }

    @Override
    public void forget(String resultId) {
        drop(resultId);
    }

    /** Forgets as {@link #forget} does, and says what that was. */
    public Forgotten drop(String resultId) {
        lock.lock();
        try {
            Set<Digest> keys = keysOfResult.remove(resultId);
            Forgotten forgotten = new Forgotten(keys == null ? List.of() : List.copyOf(keys), new ArrayList<>(0));
            for (Digest key : forgotten.keys()) {
                List<SavedResult> left = without(results.getOrDefault(key, List.of()), resultId);
                if (left.isEmpty()) {
                    results.remove(key);
                    forgotten.links().addAll(release(key));
                } else {
                    results.put(key, left);
                }
            }
            return forgotten;
        } finally {
            lock.unlock();
        }
    }

    private Set<Link> release(Digest keeper) {
        Set<Link> kept = linksOfKeeper.remove(keeper);
        if (kept == null) {
            return Set.of();
        }
        for (Link link : kept) {
            List<Link> left = others(link.alias(), link.key());
            if (left.isEmpty()) {
                links.remove(link.alias());
            } else {
                links.put(link.alias(), left);
            }
        }
        return kept;
    }

    private List<Link> others(Digest alias, Digest key) {
        return links.getOrDefault(alias, List.of()).stream()
                .filter(other -> !other.key().equals(key))
                .toList();
    }

    @Override
    public void link(Digest alias, Digest key, Digest keeper) {
        Link link = new Link(alias, key, keeper);
        lock.lock();
        try {
            for (Link known : links.getOrDefault(alias, List.of())) {
                if (known.key().equals(key)) {
                    let(known);
                }
            }
            links.put(alias, newest(link, others(alias, key)));
            add(linksOfKeeper, keeper, link);
        } finally {
            lock.unlock();
        }
    }

    /** The link's keeper keeps it no more. */
    private void let(Link link) {
        Set<Link> left = new HashSet<>(linksOfKeeper.getOrDefault(link.keeper(), Set.of()));
        left.remove(link);
        if (left.isEmpty()) {
            linksOfKeeper.remove(link.keeper());
        } else {
            linksOfKeeper.put(link.keeper(), left);
        }
    }

    /** Forgets the links whose keeper has no result, and says which they were. */
    public List<Link> dropUnkept() {
        lock.lock();
        try {
            List<Digest> gone = linksOfKeeper.keySet().stream()
                    .filter(keeper -> !results.containsKey(keeper))
                    .toList();
            List<Link> dropped = new ArrayList<>(gone.size());
            gone.forEach(keeper -> dropped.addAll(release(keeper)));
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Alias> kept(Digest keeper) {
        lock.lock();
        try {
            return linksOfKeeper.getOrDefault(keeper, Set.of()).stream()
                    .map(link -> new Alias(link.alias(), link.key()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Digest> links(Digest alias) {
        List<Link> known;
        lock.lock();
        try {
            known = links.getOrDefault(alias, List.of());
        } finally {
            lock.unlock();
        }
        return known.isEmpty() ? List.of() : known.stream().map(Link::key).toList();
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
            ingredients.putIfAbsent(key, parts);
        } finally {
            lock.unlock();
        }
    }
}

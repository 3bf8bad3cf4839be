package io.buildkit4j.worker.cache;

import io.buildkit4j.image.BlobSource;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore.Alias;
import io.buildkit4j.solver.CacheStore.SavedResult;
import io.buildkit4j.worker.ImportedCache;
import io.buildkit4j.worker.ImportedCache.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The caches of other daemons that builds have open now. Their results have ids of their own, {@code import:NUMBER/KEY}, under
 * which they are asked for when somebody wants one. Safe for any thread.
 */
public final class Imports {
    private static final String MARK = "import:";

    private final CopyOnWriteArrayList<Opened> open = new CopyOnWriteArrayList<>();
    private final AtomicLong last = new AtomicLong();

    /** None. */
    public Imports() {}

    /** One open cache. */
    private record Opened(
            String mark,
            Map<Digest, Known> results,
            Map<Digest, List<Digest>> meanings,
            ImportedCache cache,
            Set<Digest> lost) {
        Optional<Known> find(Digest key) {
            return lost.contains(key) ? Optional.empty() : Optional.ofNullable(results.get(key));
        }
    }

    /** A result that can be fetched. */
    record Found(Known known, List<Alias> aliases, BlobSource source) {}

    /** Opens one. */
    public ImportedCache.Open open(ImportedCache cache) {
        Map<Digest, Known> results = new HashMap<>();
        cache.results().forEach(known -> results.putIfAbsent(known.key(), known));
        Map<Digest, List<Digest>> meanings = new HashMap<>();
        cache.aliases()
                .forEach(alias -> meanings.computeIfAbsent(alias.alias(), absent -> new ArrayList<>())
                        .add(alias.key()));
        Opened opened = new Opened(
                MARK + last.incrementAndGet() + "/", results, meanings, cache, ConcurrentHashMap.newKeySet());
        open.add(opened);
        return () -> open.remove(opened);
    }

    List<SavedResult> results(Digest key) {
        List<SavedResult> found = new ArrayList<>(0);
        for (Opened each : open) {
            each.find(key).ifPresent(known -> found.add(new SavedResult(each.mark() + key, known.created())));
        }
        return found;
    }

    List<Digest> links(Digest alias) {
        List<Digest> found = new ArrayList<>(0);
        open.forEach(each -> found.addAll(each.meanings().getOrDefault(alias, List.of())));
        return found;
    }

    /** Whether an id is one of these. */
    static boolean isOne(String id) {
        return id.startsWith(MARK);
    }

    Optional<Found> find(String id) {
        for (Opened each : open) {
            if (id.startsWith(each.mark())) {
                Digest key = Digest.parse(id.substring(each.mark().length()));
                List<Alias> aliases = each.cache().aliases().stream()
                        .filter(alias -> alias.key().equals(key))
                        .toList();
                return each.find(key)
                        .map(known -> new Found(known, aliases, each.cache().source()));
            }
        }
        return Optional.empty();
    }

    /** It cannot be had. */
    void forget(String id) {
        for (Opened each : open) {
            if (id.startsWith(each.mark())) {
                each.lost().add(Digest.parse(id.substring(each.mark().length())));
            }
        }
    }
}

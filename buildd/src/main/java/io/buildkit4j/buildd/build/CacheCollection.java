package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.explain.Accounts;
import io.buildkit4j.exporter.CacheRecords;
import io.buildkit4j.exporter.PlatformResult;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.store.LayerBlob;
import io.buildkit4j.store.LayerFormat;
import io.buildkit4j.store.RecordType;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.UsageRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a build leaves known of its steps, as records that can be taken elsewhere. */
final class CacheCollection {
    private final Site site;
    private final CacheStore keys;
    private final Map<String, UsageRecord> usage = new HashMap<>();

    CacheCollection(Site site) {
        this.site = site;
        this.keys = site.workshop().worker().keys();
        site.workshop().store().usage().forEach(record -> usage.put(record.id(), record));
    }

    /**
     * Collects; layers that are not made yet are made now.
     *
     * @param whole all results, not only those that the build's are made of
     */
    CacheRecords collect(List<PlatformResult> results, boolean whole, LayerFormat format) throws InterruptedException {
        Set<String> wanted = whole ? usage.keySet() : parts(results);
        List<CacheRecords.Known> known = new ArrayList<>();
        Set<CacheStore.Alias> aliases = new LinkedHashSet<>();
        for (Digest key : keys()) {
            aliases.addAll(keys.kept(key));
            Optional<CacheRecords.Known> record = known(key, wanted, format);
            record.ifPresent(known::add);
        }
        return new CacheRecords(known, List.copyOf(aliases));
    }

    /** The keys of the build's steps, those that nobody had to look for too. */
    private Set<Digest> keys() {
        Set<Digest> all = new LinkedHashSet<>();
        for (StepAccount step : site.job().accounts(Accounts.MOST_STEPS)) {
            List<Digest> candidates = new ArrayList<>(step.key().stream().toList());
            candidates.add(step.definition());
            candidates.addAll(keys.links(step.definition()));
            candidates.stream().filter(key -> !keys.results(key).isEmpty()).forEach(all::add);
        }
        return all;
    }

    private Optional<CacheRecords.Known> known(Digest key, Set<String> wanted, LayerFormat format)
            throws InterruptedException {
        for (CacheStore.SavedResult saved : keys.results(key)) {
            UsageRecord record = usage.get(saved.id());
            boolean goes = record != null
                    && wanted.contains(saved.id())
                    && record.description().type() != RecordType.LOCAL_SOURCE;
            Optional<Ref> found = goes ? site.workshop().store().find(saved.id()) : Optional.empty();
            if (found.isPresent()) {
                try (Ref ref = found.get()) {
                    List<LayerBlob> layers = site.workshop().store().layers(ref, format);
                    return layers.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new CacheRecords.Known(key, saved.created(), layers));
                }
            }
        }
        return Optional.empty();
    }

    /** The results with everything below them. */
    private Set<String> parts(List<PlatformResult> results) {
        Set<String> parts = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        results.forEach(result -> open.push(result.ref().id()));
        while (!open.isEmpty()) {
            String id = open.pop();
            UsageRecord record = usage.get(id);
            if (parts.add(id) && record != null) {
                record.parents().forEach(open::push);
            }
        }
        return parts;
    }
}

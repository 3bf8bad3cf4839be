package io.buildkit4j.worker.cache;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.MemoryCacheStore;
import io.buildkit4j.store.MetadataTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Keys and results in a metadata table, with all but the ingredients in memory too, so that a look-up reads nothing. One
 * record a fact ({@code r/KEY/RESULT}, {@code l/ALIAS/KEY}, {@code i/KEY}): writers never rewrite each other's, and the
 * loss of any one is the loss of that fact only. Facts are numbered in the order of their saying, since clocks jump. Nobody
 * waits for the disk here: a crash forgets the latest facts.
 */
public final class StoredKeys implements CacheStore {
    private static final String RESULT = "r/";
    private static final String LINK = "l/";
    private static final String INGREDIENTS = "i/";

    /** So many records of ingredients may be left of results that are gone; they can still tell what was different. */
    private static final int REMEMBERED = 50_000;

    private final MetadataTable table;
    private final MemoryCacheStore known = new MemoryCacheStore();
    private final AtomicLong number = new AtomicLong();

    /** A record of a result or a link as it was read: when it was said, and what besides its key. */
    private record Fact(String key, Digest first, String second, long number, String value) {}

    /**
     * Reads what the table holds, and removes from it what leads nowhere.
     *
     * @param exists whether a result is still there; cheap, since it is asked for each
     */
    public StoredKeys(MetadataTable table, Predicate<String> exists) {
        this.table = table;
        for (Fact fact : read(RESULT)) {
            Optional<Instant> created = time(fact.value());
            if (created.isPresent() && exists.test(fact.second())) {
                known.save(fact.first(), new SavedResult(fact.second(), created.get()));
            } else {
                table.removeLater(fact.key());
            }
        }
        for (Fact fact : read(LINK)) {
            Optional<Digest> key = digest(fact.second());
            Optional<Digest> keeper = digest(fact.value());
            if (key.isPresent() && keeper.isPresent()) {
                known.link(fact.first(), key.get(), keeper.get());
            } else {
                table.removeLater(fact.key());
            }
        }
        known.dropUnkept().forEach(this::erase);
        shrinkIngredients();
    }

    /** All sensible records of a kind in the order of their saying; the others are removed. */
    private List<Fact> read(String kind) {
        List<Fact> facts = new ArrayList<>();
        for (Map.Entry<String, byte[]> record : table.scan(kind)) {
            fact(record).ifPresentOrElse(facts::add, () -> table.removeLater(record.getKey()));
        }
        facts.sort(Comparator.comparingLong(Fact::number));
        if (!facts.isEmpty()) {
            number.accumulateAndGet(facts.getLast().number(), Math::max);
        }
        return facts;
    }

    private static Optional<Fact> fact(Map.Entry<String, byte[]> record) {
        String[] names = record.getKey().split("/", 3);
        String[] values = new String(record.getValue(), StandardCharsets.UTF_8).split(" ", 2);
        Optional<Digest> first = names.length == 3 ? digest(names[1]) : Optional.empty();
        if (first.isEmpty() || values.length != 2 || !values[0].matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new Fact(record.getKey(), first.get(), names[2], Long.parseLong(values[0]), values[1]));
    }

    private static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (Fault damaged) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (java.time.DateTimeException damaged) {
            return Optional.empty();
        }
    }

    private void erase(MemoryCacheStore.Link link) {
        table.removeLater(LINK + link.alias() + "/" + link.key());
    }

    /** Removes records of ingredients that belong to no result, when there are very many. */
    private void shrinkIngredients() {
        List<Map.Entry<String, byte[]>> records = table.scan(INGREDIENTS);
        if (records.size() <= REMEMBERED) {
            return;
        }
        Set<String> wanted = new HashSet<>();
        for (Map.Entry<String, byte[]> record : records) {
            Optional<Digest> key = digest(record.getKey().substring(INGREDIENTS.length()));
            if (key.isPresent() && !known.results(key.get()).isEmpty()) {
                wanted.add(key.get().toString());
                IngredientsCodec.read(record.getValue())
                        .ifPresent(found -> found.parts().forEach(part -> wanted.add(part.value())));
            }
        }
        List<String> others = records.stream()
                .map(Map.Entry::getKey)
                .filter(record -> !wanted.contains(record.substring(INGREDIENTS.length())))
                .toList();
        others.subList(Math.min(REMEMBERED, others.size()), others.size()).forEach(table::removeLater);
    }

    @Override
    public List<SavedResult> results(Digest key) {
        return known.results(key);
    }

    @Override
    public void save(Digest key, SavedResult result) {
        known.save(key, result);
        put(RESULT + key + "/" + result.id(), result.created().toString());
    }

    @Override
    public void forget(String resultId) {
        MemoryCacheStore.Forgotten forgotten = known.drop(resultId);
        forgotten.keys().forEach(key -> table.removeLater(RESULT + key + "/" + resultId));
        forgotten.links().forEach(this::erase);
    }

    @Override
    public void link(Digest alias, Digest key, Digest keeper) {
        known.link(alias, key, keeper);
        put(LINK + alias + "/" + key, keeper.toString());
    }

    private void put(String key, String value) {
        table.putLater(key, (number.incrementAndGet() + " " + value).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<Digest> links(Digest alias) {
        return known.links(alias);
    }

    @Override
    public List<Alias> kept(Digest keeper) {
        return known.kept(keeper);
    }

    @Override
    public Optional<Ingredients> ingredients(Digest key) {
        return table.get(INGREDIENTS + key).flatMap(IngredientsCodec::read);
    }

    @Override
    public void describe(Digest key, Ingredients ingredients) {
        if (table.get(INGREDIENTS + key).isEmpty()) {
            table.putLater(INGREDIENTS + key, IngredientsCodec.write(ingredients));
        }
    }
}

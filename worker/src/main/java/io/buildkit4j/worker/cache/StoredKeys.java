package io.buildkit4j.worker.cache;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.store.MetadataTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keys and results in a metadata table, with all but the ingredients in memory too, so that a look-up reads nothing. One
 * record a fact ({@code r/KEY/RESULT}, {@code l/ALIAS/KEY}, {@code i/KEY}): writers never rewrite each other's, and the
 * loss of any one is the loss of that fact only. Nobody waits for the disk here: a crash forgets the latest facts.
 */
public final class StoredKeys implements CacheStore {
    private static final String RESULT = "r/";
    private static final String LINK = "l/";
    private static final String INGREDIENTS = "i/";

    private final MetadataTable table;
    /** Guards the three maps; the table is written outside of it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Digest, List<SavedResult>> results = new HashMap<>();
    private final Map<Digest, List<SavedLink>> links = new HashMap<>();
    private final Map<String, Set<Digest>> keysOfResult = new HashMap<>();

    private record SavedLink(Digest key, Instant created) {}

    /** Reads what the table holds. */
    public StoredKeys(MetadataTable table) {
        this.table = table;
        for (Map.Entry<String, byte[]> record : table.scan(RESULT)) {
            String[] parts = record.getKey().split("/", 3);
            read(parts, record.getValue())
                    .ifPresent(created -> remember(Digest.parse(parts[1]), new SavedResult(parts[2], created)));
        }
        for (Map.Entry<String, byte[]> record : table.scan(LINK)) {
            String[] parts = record.getKey().split("/", 3);
            read(parts, record.getValue())
                    .ifPresent(created ->
                            remember(Digest.parse(parts[1]), new SavedLink(Digest.parse(parts[2]), created)));
        }
        results.values()
                .forEach(list ->
                        list.sort(Comparator.comparing(SavedResult::created).reversed()));
        links.values()
                .forEach(list ->
                        list.sort(Comparator.comparing(SavedLink::created).reversed()));
    }

    /** The time in a record; nothing when the record makes no sense. */
    private static Optional<Instant> read(String[] parts, byte[] value) {
        try {
            if (parts.length != 3) {
                return Optional.empty();
            }
            Digest.parse(parts[1]);
            if (parts[0].equals("l")) {
                Digest.parse(parts[2]);
            }
            return Optional.of(Instant.parse(new String(value, StandardCharsets.UTF_8)));
        } catch (Fault | java.time.DateTimeException damaged) {
            return Optional.empty();
        }
    }

    private void remember(Digest key, SavedResult result) {
        List<SavedResult> known = results.computeIfAbsent(key, absent -> new ArrayList<>(1));
        known.removeIf(other -> other.id().equals(result.id()));
        known.addFirst(result);
        keysOfResult.computeIfAbsent(result.id(), absent -> new HashSet<>(2)).add(key);
    }

    private void remember(Digest alias, SavedLink link) {
        List<SavedLink> known = links.computeIfAbsent(alias, absent -> new ArrayList<>(1));
        known.removeIf(other -> other.key().equals(link.key()));
        known.addFirst(link);
    }

    @Override
    public List<SavedResult> results(Digest key) {
        lock.lock();
        try {
            return List.copyOf(results.getOrDefault(key, List.of()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void save(Digest key, SavedResult result) {
        table.putLater(RESULT + key + "/" + result.id(), text(result.created().toString()));
        lock.lock();
        try {
            remember(key, result);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget(String resultId) {
        List<String> records = new ArrayList<>();
        lock.lock();
        try {
            Set<Digest> keys = keysOfResult.remove(resultId);
            for (Digest key : keys == null ? Set.<Digest>of() : keys) {
                records.add(RESULT + key + "/" + resultId);
                List<SavedResult> known = results.getOrDefault(key, new ArrayList<>());
                known.removeIf(result -> result.id().equals(resultId));
                if (known.isEmpty()) {
                    results.remove(key);
                }
            }
        } finally {
            lock.unlock();
        }
        records.forEach(table::removeLater);
    }

    @Override
    public void link(Digest alias, Digest key) {
        lock.lock();
        try {
            List<SavedLink> known = links.getOrDefault(alias, List.of());
            if (!known.isEmpty() && known.getFirst().key().equals(key)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        Instant now = Instant.now();
        table.putLater(LINK + alias + "/" + key, text(now.toString()));
        lock.lock();
        try {
            remember(alias, new SavedLink(key, now));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Digest> links(Digest alias) {
        lock.lock();
        try {
            return links.getOrDefault(alias, List.of()).stream()
                    .map(SavedLink::key)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Ingredients> ingredients(Digest key) {
        return table.get(INGREDIENTS + key).flatMap(StoredKeys::parse);
    }

    @Override
    public void describe(Digest key, Ingredients ingredients) {
        if (table.get(INGREDIENTS + key).isPresent()) {
            return;
        }
        JsonArray array = new JsonArray();
        for (Ingredients.Part part : ingredients.parts()) {
            array.add(part.name());
            array.add(part.value());
        }
        table.putLater(INGREDIENTS + key, text(array.toString()));
    }

    private static Optional<Ingredients> parse(byte[] value) {
        try {
            List<JsonElement> texts = JsonParser.parseString(new String(value, StandardCharsets.UTF_8))
                    .getAsJsonArray()
                    .asList();
            List<Ingredients.Part> parts = new ArrayList<>();
            for (int i = 0; i + 1 < texts.size(); i += 2) {
                parts.add(new Ingredients.Part(
                        texts.get(i).getAsString(), texts.get(i + 1).getAsString()));
            }
            return Optional.of(new Ingredients(parts));
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException damaged) {
            return Optional.empty();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

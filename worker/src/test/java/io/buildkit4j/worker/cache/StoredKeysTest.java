package io.buildkit4j.worker.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore.SavedResult;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.store.MetadataTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StoredKeysTest {
    private static final Digest A = Digest.ofText("a");
    private static final Digest B = Digest.ofText("b");

    /** A table that forgets nothing but what it is told to. */
    private static final class MemoryTable implements MetadataTable {
        final TreeMap<String, byte[]> pairs = new TreeMap<>();

        @Override
        public Optional<byte[]> get(String key) {
            return Optional.ofNullable(pairs.get(key));
        }

        @Override
        public List<Map.Entry<String, byte[]>> scan(String prefix) {
            return pairs.entrySet().stream()
                    .filter(pair -> pair.getKey().startsWith(prefix))
                    .toList();
        }

        @Override
        public void write(Map<String, byte[]> put, List<String> remove) {
            pairs.putAll(put);
            remove.forEach(pairs::remove);
        }
    }

    private final MemoryTable table = new MemoryTable();

    private static SavedResult result(String id, int second) {
        return new SavedResult(id, Instant.ofEpochSecond(second));
    }

    @Test
    void resultsAreThereAgainAfterARestartTheNewestFirst() {
        StoredKeys keys = new StoredKeys(table);
        keys.save(A, result("zebra", 1));
        keys.save(A, result("ant", 2));
        keys.save(B, result("zebra", 1));
        StoredKeys again = new StoredKeys(table);
        for (StoredKeys either : List.of(keys, again)) {
            assertThat(either.results(A)).containsExactly(result("ant", 2), result("zebra", 1));
            assertThat(either.results(B)).containsExactly(result("zebra", 1));
        }
    }

    @Test
    void aForgottenResultIsForgottenUnderAllKeys() {
        StoredKeys keys = new StoredKeys(table);
        keys.save(A, result("one", 1));
        keys.save(B, result("one", 1));
        keys.save(B, result("two", 2));
        keys.forget("one");
        for (StoredKeys either : List.of(keys, new StoredKeys(table))) {
            assertThat(either.results(A)).isEmpty();
            assertThat(either.results(B)).containsExactly(result("two", 2));
        }
    }

    @Test
    void linksAndIngredientsAreKept() {
        StoredKeys keys = new StoredKeys(table);
        Ingredients ingredients =
                new Ingredients(List.of(new Ingredients.Part("argument", "-O3"), new Ingredients.Part("x", "\n\"")));
        keys.link(A, B);
        keys.link(A, B);
        keys.describe(B, ingredients);
        StoredKeys again = new StoredKeys(table);
        assertThat(again.links(A)).containsExactly(B);
        assertThat(again.links(B)).isEmpty();
        assertThat(again.ingredients(B)).contains(ingredients);
        assertThat(again.ingredients(A)).isEmpty();
    }

    @Test
    void damagedRecordsAreAbsent() {
        StoredKeys keys = new StoredKeys(table);
        keys.save(A, result("good", 1));
        table.put("r/" + A + "/bad", "yesterday".getBytes(StandardCharsets.UTF_8));
        table.put("r/sha256:zz/bad", "1970-01-01T00:00:01Z".getBytes(StandardCharsets.UTF_8));
        table.put("l/" + A + "/nonsense", "1970-01-01T00:00:01Z".getBytes(StandardCharsets.UTF_8));
        table.put("i/" + A, "{".getBytes(StandardCharsets.UTF_8));
        StoredKeys again = new StoredKeys(table);
        assertThat(again.results(A)).containsExactly(result("good", 1));
        assertThat(again.links(A)).isEmpty();
        assertThat(again.ingredients(A)).isEmpty();
    }
}

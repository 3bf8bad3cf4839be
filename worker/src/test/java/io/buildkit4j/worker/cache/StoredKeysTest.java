package io.buildkit4j.worker.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore;
import io.buildkit4j.solver.CacheStore.SavedResult;
import io.buildkit4j.solver.CacheStoreContract;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.Store;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over the real database: the contract, what a damaged file leaves of it, and that it does not grow for ever. */
class StoredKeysTest extends CacheStoreContract {
    private static final int FACTS = 300;

    private final Set<String> gone = new HashSet<>();
    private final Path folder;
    private Store store;
    private StoredKeys keys;

    StoredKeysTest(@TempDir Path folder) {
        this.folder = folder;
        store = Store.open(folder);
        keys = new StoredKeys(table(), id -> true);
    }

    private MetadataTable table() {
        return store.table("keys");
    }

    @Override
    protected CacheStore store() {
        return keys;
    }

    @Override
    protected CacheStore reopened() {
        store.close();
        store = Store.open(folder);
        keys = new StoredKeys(table(), id -> !gone.contains(id));
        return keys;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void recordsThatMakeNoSenseAreAbsentAndRemoved() {
        keys.save(A, result("good", 1));
        String time = "1970-01-01T00:00:01Z";
        put("r/" + A + "/bad", "7 yesterday");
        put("r/" + A + "/unnumbered", time);
        put("r/" + A + "/hugely numbered", "99999999999999999999 " + time);
        put("r/sha256:zz/bad", "7 " + time);
        put("r/", "7 " + time);
        put("l/" + A + "/nonsense", "7 " + A);
        put("l/" + A + "/" + B, "7 nonsense");
        put("l/" + A + "/" + C, "");
        put("i/" + A, "{");
        put("i/" + B, "[[]]");
        CacheStore again = reopened();
        assertThat(again.results(A)).containsExactly(result("good", 1));
        assertThat(again.links(A)).isEmpty();
        assertThat(again.ingredients(A)).isEmpty();
        assertThat(again.ingredients(B)).isEmpty();
        assertThat(table().scan("r/")).hasSize(1);
        assertThat(table().scan("l/")).isEmpty();
    }

    private void put(String key, String value) {
        table().putLater(key, value.getBytes(UTF_8));
    }

    @Test
    void resultsThatWentMeanwhileAreForgottenWithTheirLinks() {
        keys.save(A, result("one", 1));
        keys.save(B, result("two", 2));
        keys.link(C, A, A);
        keys.link(C, B, B);
        keys.link(D, C, D);
        gone.add("one");
        assertThat(reopened().results(A)).isEmpty();
        assertThat(keys.links(C)).containsExactly(B);
        assertThat(keys.links(D)).as("its keeper never had a result").isEmpty();
        assertThat(table().scan(""))
                .extracting(Map.Entry::getKey)
                .containsExactly("l/" + C + "/" + B, "r/" + B + "/two");
    }

    @Test
    void forgottenFactsLeaveNoRecord() {
        for (int i = 0; i < 200; i++) {
            Digest name = Digest.ofText("name " + i);
            keys.save(name, result("result " + i, i));
            keys.link(A, name, name);
            keys.link(Digest.ofText("place " + i), C, name);
            keys.forget("result " + i);
        }
        assertThat(table().scan("")).isEmpty();
        assertThat(reopened().links(A)).isEmpty();
    }

    @Test
    void ofIngredientsWithoutAResultOnlyManyAreKept() {
        Digest step = Digest.ofText("step");
        keys.save(A, result("one", 1));
        keys.describe(A, new Ingredients(List.of(new Ingredients.Part("step", step.toString()))));
        keys.describe(step, new Ingredients(List.of(new Ingredients.Part("argument", "-O3"))));
        Ingredients nothing = new Ingredients(List.of());
        for (int i = 0; i < 51_000; i++) {
            keys.describe(Digest.ofText("evicted " + i), nothing);
        }
        CacheStore again = reopened();
        assertThat(table().scan("i/")).hasSize(50_002);
        assertThat(again.ingredients(A)).isPresent();
        assertThat(again.ingredients(step)).isPresent();
    }

    /** Every fact that a damaged file still tells is true; and what it says next is kept. */
    private void toldTruthfully(int copy) {
        Path damaged = damaged(copy);
        try (Store other = Store.open(damaged)) {
            StoredKeys read = new StoredKeys(other.table("keys"), id -> true);
            for (int i = 0; i < FACTS; i++) {
                assertThat(List.of(saved(i))).containsAll(read.results(key(i)));
                assertThat(List.of(key(i))).containsAll(read.links(alias(i)));
                int number = i;
                read.ingredients(key(i)).ifPresent(found -> assertThat(found).isEqualTo(described(number)));
            }
            read.save(D, result("new", 1));
        }
        try (Store other = Store.open(damaged)) {
            assertThat(new StoredKeys(other.table("keys"), id -> true).results(D))
                    .hasSize(1);
        }
    }

    private static Digest key(int i) {
        return Digest.ofText("key " + i);
    }

    private static Digest alias(int i) {
        return Digest.ofText("alias " + i);
    }

    private static SavedResult saved(int i) {
        return result("result-" + i, i);
    }

    private static Ingredients described(int i) {
        return new Ingredients(List.of(new Ingredients.Part("argument", "number " + i)));
    }

    private Path original() {
        for (int i = 0; i < FACTS; i++) {
            keys.save(key(i), saved(i));
            keys.link(alias(i), key(i), key(i));
            keys.describe(key(i), described(i));
        }
        store.close();
        return folder.resolve("metadata.db");
    }

    private Path copy(Path file, int number) throws IOException {
        Path other = Files.createDirectories(damaged(number));
        return Files.copy(file, other.resolve("metadata.db"), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path damaged(int number) {
        return folder.resolve("damaged-" + number);
    }

    @Test
    void aFileCutShortIsAtWorstAnEmptyCache() throws IOException {
        Path file = original();
        long size = Files.size(file);
        long[] lengths = {0, 1, 99, 100, 4095, 4096, 4097, size / 2, size - 4096, size - 1};
        for (int i = 0; i < lengths.length; i++) {
            Path cut = copy(file, i);
            try (RandomAccessFile open = new RandomAccessFile(cut.toFile(), "rw")) {
                open.setLength(lengths[i]);
            }
            toldTruthfully(i);
        }
    }

    @Test
    void flippedBytesAreAtWorstAMiss() throws IOException {
        Path file = original();
        long seed = Long.getLong("cache.seed", System.nanoTime());
        System.out.println("flipped bytes: -Dcache.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 24; round++) {
            Path flipped = copy(file, round);
            try (RandomAccessFile open = new RandomAccessFile(flipped.toFile(), "rw")) {
                for (int flips = 1 << random.nextInt(8); flips > 0; flips--) {
                    long place = random.nextLong(open.length());
                    open.seek(place);
                    int was = open.read();
                    open.seek(place);
                    open.write(was ^ (1 + random.nextInt(255)));
                }
            }
            toldTruthfully(round);
        }
    }
}

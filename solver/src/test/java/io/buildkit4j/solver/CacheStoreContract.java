package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheStore.SavedResult;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link CacheStore} promises. An implementation's test extends it and says how to make and reopen one. */
public abstract class CacheStoreContract {
    /** Some keys. */
    protected static final Digest A = Digest.ofText("a");

    protected static final Digest B = Digest.ofText("b");
    protected static final Digest C = Digest.ofText("c");
    protected static final Digest D = Digest.ofText("d");

    /** An empty store, the same one each time until the test's end. */
    protected abstract CacheStore store();

    /** What is there after everything was closed and opened again; a store that does not last answers the same one. */
    protected abstract CacheStore reopened();

    protected static SavedResult result(String id, int second) {
        return new SavedResult(id, Instant.ofEpochSecond(second));
    }

    /** Checks before and after a restart. */
    private interface Check {
        void of(CacheStore store);
    }

    private void always(Check check) {
        check.of(store());
        check.of(reopened());
    }

    @Test
    void nothingIsKnownAtFirst() {
        always(store -> {
            assertThat(store.results(A)).isEmpty();
            assertThat(store.links(A)).isEmpty();
            assertThat(store.ingredients(A)).isEmpty();
        });
        store().forget("nobody knows this");
    }

    @Test
    void resultsAreKnownTheNewestSavedFirst() {
        store().save(A, result("zebra", 1));
        store().save(A, result("ant", 2));
        store().save(B, result("zebra", 1));
        always(store -> {
            assertThat(store.results(A)).containsExactly(result("ant", 2), result("zebra", 1));
            assertThat(store.results(B)).containsExactly(result("zebra", 1));
        });
        store().save(A, result("zebra", 3));
        always(store -> assertThat(store.results(A)).containsExactly(result("zebra", 3), result("ant", 2)));
    }

    @Test
    void theOrderIsThatOfSavingWhateverTheClockSays() {
        store().save(A, result("before the clock was set back", 1_000_000));
        store().save(A, result("after", 1));
        store().link(D, A, A);
        store().save(B, result("b", 5));
        store().link(D, B, A);
        always(store -> {
            assertThat(store.results(A)).extracting(SavedResult::id).startsWith("after");
            assertThat(store.links(D)).containsExactly(B, A);
        });
        reopened().save(A, result("the newest", 0));
        always(store -> assertThat(store.results(A)).extracting(SavedResult::id).startsWith("the newest", "after"));
    }

    @Test
    void aForgottenResultIsForgottenUnderAllKeys() {
        store().save(A, result("one", 1));
        store().save(B, result("one", 1));
        store().save(B, result("two", 2));
        store().forget("one");
        always(store -> {
            assertThat(store.results(A)).isEmpty();
            assertThat(store.results(B)).containsExactly(result("two", 2));
        });
    }

    @Test
    void linksAreKnownTheNewestFirstAndOnce() {
        store().save(D, result("kept", 1));
        store().link(A, B, D);
        store().link(A, C, D);
        store().link(A, B, D);
        always(store -> {
            assertThat(store.links(A)).containsExactly(B, C);
            assertThat(store.links(B)).isEmpty();
        });
    }

    @Test
    void aKeeperKnowsItsLinks() {
        store().save(C, result("kept", 1));
        store().link(A, B, C);
        store().link(B, D, D);
        always(store -> assertThat(store.kept(C)).containsExactly(new CacheStore.Alias(A, B)));
    }

    @Test
    void linksGoWithTheLastResultOfTheirKeeper() {
        store().save(B, result("one", 1));
        store().save(B, result("two", 2));
        store().save(C, result("three", 3));
        store().link(A, B, B);
        store().link(A, D, B);
        store().link(A, C, C);
        store().forget("two");
        always(store -> assertThat(store.links(A)).containsExactly(C, D, B));
        store().forget("one");
        always(store -> assertThat(store.links(A)).containsExactly(C));
        store().forget("three");
        always(store -> assertThat(store.links(A)).isEmpty());
    }

    @Test
    void aLinkHasTheKeeperOfItsLastSaying() {
        store().save(B, result("one", 1));
        store().save(C, result("two", 2));
        store().link(A, D, B);
        store().link(A, D, C);
        store().forget("one");
        always(store -> assertThat(store.links(A)).containsExactly(D));
        store().forget("two");
        always(store -> assertThat(store.links(A)).isEmpty());
    }

    @Test
    void nothingGrowsWithBuildsWhoseResultsAreGone() {
        for (int i = 0; i < 500; i++) {
            Digest name = Digest.ofText("name " + i);
            store().save(name, result("result " + i, i));
            store().link(A, name, name);
            store().link(Digest.ofText("place " + i), C, name);
            store().forget("result " + i);
        }
        always(store -> {
            assertThat(store.links(A)).isEmpty();
            assertThat(store.links(Digest.ofText("place 7"))).isEmpty();
        });
    }

    @Test
    void ingredientsAreKeptAsTheyAre() {
        Ingredients strange = new Ingredients(List.of(
                new Ingredients.Part("argument", "-O3"),
                new Ingredients.Part("", "\n\"\\ \u0000 \ud83d\ude00"),
                new Ingredients.Part("x".repeat(10_000), "")));
        store().save(B, result("kept", 1));
        store().describe(B, strange);
        store().describe(C, new Ingredients(List.of()));
        always(store -> {
            assertThat(store.ingredients(B)).contains(strange);
            assertThat(store.ingredients(A)).isEmpty();
        });
    }

    @Test
    void anyThreadMayUseIt() throws InterruptedException {
        CacheStore store = store();
        List<Integer> done =
                TaskScope.map("cache-store", IntStream.range(0, 64).boxed().toList(), 8, i -> {
                    Digest own = Digest.ofText("own " + i);
                    store.save(A, result("shared " + i, i));
                    store.save(own, result("own " + i, i));
                    store.link(B, own, own);
                    store.describe(own, new Ingredients(List.of(new Ingredients.Part("number", "" + i))));
                    if (i % 2 == 0) {
                        store.forget("own " + i);
                    }
                    return store.results(A).size();
                });
        assertThat(done).hasSize(64);
        always(same -> {
            assertThat(same.results(A)).hasSize(64);
            assertThat(same.links(B)).hasSize(32);
        });
    }
}

package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Digest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The three questions: by definition, by content, run. */
class LookupTest extends SolverFixture {
    @Test
    void runsOnceAndThenHitsByDefinitionWithoutTouchingInputs() throws InterruptedException {
        Step base = step("base");
        Step top = step("top").on(step("middle").on(base));
        assertThat(solve(top)).isEqualTo("top[middle[base]]");
        Step again = step("top").on(step("middle").on(step("base")));
        results.loads.set(0);
        assertThat(solve(again)).isEqualTo("top[middle[base]]");
        assertThat(again.runs).hasValue(0);
        assertThat(results.loads).as("only the top is loaded").hasValue(1);
    }

    @Test
    void diamondRunsEachStepOnce() throws InterruptedException {
        Step base = step("base");
        Step top = step("top").on(step("left").on(base), step("right").on(base));
        assertThat(solve(top)).isEqualTo("top[left[base], right[base]]");
        assertThat(base.runs).hasValue(1);
    }

    @Test
    void hitsByContentWithoutRunningTheConsumersOfWhatChanged() throws InterruptedException {
        solve(step("make")
                .on(step("copy").onContent(step("source 1").makes("files")).on(step("base"))));
        Step source = step("source 2").makes("files");
        Step base = step("base");
        Step copy = step("copy").onContent(source).on(base);
        Step make = step("make").on(copy);
        results.loads.set(0);
        solve(make);
        assertThat(source.runs).hasValue(1);
        assertThat(base.runs).hasValue(0);
        assertThat(copy.runs).hasValue(0);
        assertThat(make.runs).hasValue(0);
        assertThat(results.loads).as("the copy itself is not loaded").hasValue(1);
        Step unused = step("source 2").makes("files");
        solve(step("make").on(step("copy").onContent(unused).on(step("base"))));
        assertThat(unused.runs).as("the new definition was learned").hasValue(0);
    }

    @Test
    void executesOnlyTheContentInputThatIsNotMatched() throws InterruptedException {
        solve(step("merge").onContent(step("a").makes("A"), step("b 1").makes("B")));
        Step a = step("a").makes("A");
        Step b = step("b 2").makes("B");
        Step merge = step("merge").onContent(a, b);
        solve(merge);
        assertThat(a.runs).hasValue(0);
        assertThat(results.loads).hasValue(1);
        assertThat(b.runs).hasValue(1);
        assertThat(merge.runs).hasValue(0);
    }

    @Test
    void changedContentRunsAndKeepsBothAnswersApart() throws InterruptedException {
        Step first = step("make").on(step("copy").onContent(step("source 1").makes("one")));
        assertThat(solve(first)).isEqualTo("make[copy[one]]");
        Step second = step("make").on(step("copy").onContent(step("source 2").makes("two")));
        assertThat(solve(second)).isEqualTo("make[copy[two]]");
        Step third = step("make").on(step("copy").onContent(step("source 3").makes("one")));
        assertThat(solve(third)).isEqualTo("make[copy[one]]");
    }

    @Test
    void contentOnlyInputNeverMatchesByDefinition() throws InterruptedException {
        solve(step("copy").onContentOnly(step("local").makes("one")));
        Step changed = step("copy").onContentOnly(step("local").doing((c, i) -> List.of(results.make("two"))));
        assertThat(solve(changed)).as("the cached local is the input").isEqualTo("copy[one]");
        results.damaged.addAll(results.saved.keySet());
        assertThat(solve(step("copy").onContentOnly(step("local").makes("two"))))
                .isEqualTo("copy[two]");
    }

    @Test
    void rootWithSeveralKeysIsProbedOneAtATime() throws InterruptedException {
        Step first = step("image").keys("tag at monday", "digest");
        solve(step("top").on(first));
        Step same = step("image").keys("tag at monday", "digest");
        solve(same);
        assertThat(same.maps).as("the first key hit").hasValue(1);
        Step moved = step("image tuesday").keys("tag at tuesday", "digest");
        Step top = step("top").on(moved);
        solve(top);
        assertThat(moved.maps).hasValue(2);
        assertThat(moved.runs).hasValue(0);
        assertThat(top.runs).as("its input is the same by the second key").hasValue(0);
    }

    @Test
    void damagedRecordsAreForgottenAndTheNextIsTried() throws InterruptedException {
        Step base = step("base");
        solve(base);
        solve(step("base").ignoringCache().makes("newer"));
        results.damaged.add("result-2");
        assertThat(solve(base)).isEqualTo("base");
        assertThat(base.runs).hasValue(1);
        results.damaged.add("result-1");
        assertThat(solve(base)).isEqualTo("base");
        assertThat(base.runs).hasValue(2);
        assertThat(cache.results(base.digest())).noneMatch(saved -> results.damaged.contains(saved.id()));
    }

    @Test
    void ignoreCacheRunsAndDoesNotLeakToConsumers() throws InterruptedException {
        solve(step("top").on(step("fetch").on(step("base")).makes("old")));
        Step base = step("base");
        Step fetch = step("fetch").on(base).makes("new").ignoringCache();
        Step top = step("top").on(fetch);
        assertThat(solve(top)).isEqualTo("top[new]");
        assertThat(base.runs).hasValue(0);
        assertThat(fetch.runs).hasValue(1);
        Step later = step("top").on(step("fetch").on(step("base")));
        assertThat(solve(later)).as("the newest wins").isEqualTo("top[new]");
    }

    @Test
    void ignoreCacheMayHitAgainByContent() throws InterruptedException {
        solve(step("top").on(step("copy").onContent(step("fetch").makes("same"))));
        Step fetch = step("fetch").makes("same").ignoringCache();
        Step copy = step("copy").onContent(fetch);
        Step top = step("top").on(copy);
        solve(top);
        assertThat(fetch.runs).hasValue(1);
        assertThat(copy.runs).hasValue(0);
        assertThat(top.runs).hasValue(0);
    }

    @Test
    void outputsAndSelectorsAreToldApart() throws InterruptedException {
        Step two = step("two").makes("first", "second");
        Step top = step("top").on(two, 1, "").on(two, 0, "/a");
        assertThat(solve(top)).isEqualTo("top[second, first]");
        assertThat(two.runs).hasValue(1);
        Step other = step("top").on(two, 1, "").on(two, 0, "/b");
        solve(other);
        assertThat(other.runs).hasValue(1);
    }

    @Test
    void missingOutputIsAFault() {
        assertThatThrownBy(() -> solve(step("top").on(step("one"), 3, "")))
                .isInstanceOf(SolverFault.class)
                .hasMessage("one has no output 3");
    }

    @Test
    void keysTellWhatWentIntoThem() throws InterruptedException {
        Step top = step("top").on(step("base"));
        solve(top);
        Context<Held> context = new Context<>(solver.steps(), List::of, new SilentProgress(), Optional.empty());
        CacheMap<Held> map = top.cacheMap(context, 0);
        CacheMap<Held> below = step("base").cacheMap(context, 0);
        Digest base = Keys.vertex(below, List.of());
        Digest key = Keys.vertex(map, List.of(new Keys.Slot(base, false, false)));
        assertThat(cache.ingredients(key).orElseThrow().parts())
                .extracting(Ingredients.Part::name)
                .containsExactly("step", "input 0");
        assertThat(cache.ingredients(map.digest()).orElseThrow()).isEqualTo(map.ingredients());
    }
}

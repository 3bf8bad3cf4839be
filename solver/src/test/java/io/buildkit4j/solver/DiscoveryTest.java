package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys come to be known in any order, early or late, in one build or in several at once. */
@Timeout(30)
class DiscoveryTest extends SolverFixture {
    private static final List<String> SOURCES = List.of("a", "b", "c");

    static Stream<List<String>> everyOrder() {
        List<List<String>> orders = new ArrayList<>();
        for (String first : SOURCES) {
            for (String second : SOURCES) {
                for (String third : SOURCES) {
                    if (Stream.of(first, second, third).distinct().count() == 3) {
                        orders.add(List.of(first, second, third));
                    }
                }
            }
        }
        return orders.stream();
    }

    /** Three renamed sources whose contents become known in the given order; all are needed for the key of the top. */
    @ParameterizedTest
    @MethodSource("everyOrder")
    void contentsBecomeKnownInEveryOrder(List<String> order) throws InterruptedException {
        solve(top(" before", new HashMap<>()));
        Map<String, Gate> gates = new HashMap<>();
        Step top = top(" renamed", gates);
        List<String> known = new CopyOnWriteArrayList<>();
        try (Job<Held> job = open()) {
            Solving solving = new Solving(this, job, top);
            for (String source : order) {
                Gate gate = Objects.requireNonNull(gates.get(source));
                gate.awaitReached();
                gate.open();
                known.add(source);
            }
            assertThat(solving.outcome()).isEqualTo("top[a, b, c]");
        }
        assertThat(known).isEqualTo(order);
        assertThat(top.runs).as("found by content").hasValue(0);
    }

    private Step top(String version, Map<String, Gate> gates) {
        Step top = step("top");
        for (String source : SOURCES) {
            Step step = step(source + version).makes(source);
            if (!version.equals(" before")) {
                Gate gate = new Gate();
                gates.put(source, gate);
                step.doing((context, inputs) -> {
                    gate.pass();
                    return List.of(results.make(source));
                });
            }
            Step unused = top.onContent(step);
            assertThat(unused).isSameAs(top);
        }
        return top;
    }

    /** Which of several keys of a root is known decides nothing but how many are asked for. */
    @Test
    void everyKeyOfARootMayBeTheOneThatIsKnown() throws InterruptedException {
        solve(step("top").on(step("image").keys("tag 1", "manifest 1", "config")));
        assertAsked(1, "tag 1", "manifest 1", "config");
        assertAsked(2, "tag 2", "manifest 1", "config");
        assertAsked(3, "tag 3", "manifest 3", "config");
        assertAsked(1, "tag 3", "manifest 4", "config");
    }

    private void assertAsked(int maps, String... keys) throws InterruptedException {
        Step image = step("image " + String.join(" ", keys)).keys(keys);
        Step top = step("top").on(image);
        assertThat(solve(top)).isEqualTo("top[image]");
        assertThat(image.maps).as(String.join(", ", keys)).hasValue(maps);
        assertThat(image.runs).hasValue(0);
        assertThat(top.runs).hasValue(0);
    }

    /** Two chains that only turn out to be equal at their sources' contents, while the first already runs further up. */
    @Test
    void equalEdgesAreDiscoveredLate() throws InterruptedException {
        Gate gate = new Gate();
        Step left = chain("source 1", gate);
        Step right = chain("source 2", gate);
        try (Job<Held> one = open();
                Job<Held> two = open()) {
            Solving first = new Solving(this, one, left);
            gate.awaitReached();
            Solving second = new Solving(this, two, right);
            await().until(() -> solver.waits().stream()
                            .filter(wait -> wait.reason().equals("run make"))
                            .count()
                    == 2);
            gate.open();
            assertThat(first.outcome()).isEqualTo(second.outcome());
        }
        assertThat(gate.passing).as("runs of the step that both have").hasValue(1);
        assertThat(left.runs.get() + right.runs.get()).isEqualTo(1);
    }

    private Step chain(String source, Gate gate) {
        Step copy = step("copy").onContent(step(source).makes("same"));
        Step make = step("make").on(copy).doing((context, inputs) -> {
            gate.pass();
            return List.of(results.make("made"));
        });
        return step("top").on(make);
    }

    /** The hit that everything was built on is gone when it is to be loaded. */
    @Test
    void aHitThatFailsToLoadIsMadeAgainFromWhatIsLeft() throws InterruptedException {
        Step base = step("base");
        solve(step("top").on(step("middle").on(base)));
        results.damaged.add("result-3");
        Step middle = step("middle").on(base);
        Step top = step("top").on(middle);
        assertThat(solve(top)).isEqualTo("top[middle[base]]");
        assertThat(top.runs).hasValue(1);
        assertThat(middle.runs).as("its result is still there").hasValue(0);
        assertThat(base.runs).hasValue(1);
    }

    @Test
    void aHitByContentThatFailsToLoadIsMadeAgain() throws InterruptedException {
        solve(step("make").on(step("copy").onContent(step("source 1").makes("files"))));
        results.damaged.addAll(results.saved.keySet());
        Step copy = step("copy").onContent(step("source 2").makes("files"));
        assertThat(solve(step("make").on(copy))).isEqualTo("make[copy[files]]");
        assertThat(copy.runs).hasValue(1);
    }

    /** Two builds at once over one chain; one ignores the cache in the middle of it. */
    @Test
    void ignoreCacheInTheMiddleOfASharedChain() throws InterruptedException {
        solve(step("top").on(step("fetch").on(step("base")).makes("old")));
        CountDownLatch go = new CountDownLatch(1);
        Step base = step("base");
        Step fetch = step("fetch").on(base).ignoringCache().doing((context, inputs) -> {
            go.await();
            return List.of(results.make("new"));
        });
        Step ignoring = step("top").on(fetch);
        Step plainFetch = step("fetch").on(base);
        Step plain = step("top").on(plainFetch);
        try (Job<Held> one = open();
                Job<Held> two = open()) {
            Solving first = new Solving(this, one, ignoring);
            await().until(() -> fetch.runs.get() == 1);
            assertThat(new Solving(this, two, plain).outcome())
                    .as("the other build has not asked for it")
                    .isEqualTo("top[old]");
            go.countDown();
            assertThat(first.outcome()).isEqualTo("top[new]");
        }
        assertThat(plainFetch.runs).hasValue(0);
        assertThat(base.runs).as("below it the cache counts").hasValue(0);
        assertThat(solve(step("top").on(step("fetch").on(step("base")))))
                .as("from now on the newest")
                .isEqualTo("top[new]");
    }

    @Test
    void twoBuildsThatBothIgnoreTheCacheShareOneRun() throws InterruptedException {
        Gate gate = new Gate();
        Step fetch = step("fetch").ignoringCache().doing((context, inputs) -> {
            gate.pass();
            return List.of(results.make("fetched"));
        });
        try (Job<Held> one = open();
                Job<Held> two = open()) {
            Solving first = new Solving(this, one, step("left").on(fetch));
            Solving second = new Solving(this, two, step("right").on(fetch));
            await().until(() -> solver.waits().stream()
                            .filter(wait -> wait.reason().equals("fetch"))
                            .count()
                    == 2);
            gate.open();
            assertThat(first.outcome()).isEqualTo("left[fetched]");
            assertThat(second.outcome()).isEqualTo("right[fetched]");
        }
        assertThat(fetch.runs).hasValue(1);
    }
}

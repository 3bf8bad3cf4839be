package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Making a key and looking it up; in the solver's package, because the formulas are nobody else's business. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyBenchmark {
    private static final int KNOWN = 100_000;

    private final MemoryCacheStore store = new MemoryCacheStore();
    private final CacheMap<Integer> map = new CacheMap<>(
            Digest.ofText("step"),
            new Ingredients(List.of()),
            List.of(InputRule.byDefinition(), InputRule.byDefinition()),
            true);
    private final List<Keys.Slot> slots = List.of(
            new Keys.Slot(Digest.ofText("one"), false, false), new Keys.Slot(Digest.ofText("two"), true, false));
    private final List<Digest> keys = new ArrayList<>();
    private int next;

    /** Fills the store. */
    @Setup
    public void fill() {
        for (int i = 0; i < KNOWN; i++) {
            Digest key = Digest.ofText("key " + i);
            keys.add(key);
            store.save(key, new CacheStore.SavedResult("result-" + i, Instant.EPOCH));
            store.link(Digest.ofText("alias " + i), key, key);
        }
    }

    private Digest key() {
        next = (next + 7_919) % KNOWN;
        return keys.get(next);
    }

    /** The key of a step with two inputs. */
    @Benchmark
    public Digest keyOfTwoInputs() {
        return Keys.vertex(map, slots);
    }

    /** What a definition key is looked up as: results, then links, among 100,000 of each. */
    @Benchmark
    public int lookUp() {
        Digest key = key();
        return store.results(key).size() + store.links(key).size();
    }
}

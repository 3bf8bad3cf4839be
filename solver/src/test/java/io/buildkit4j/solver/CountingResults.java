package io.buildkit4j.solver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Results in memory that know how many holds there are. */
final class CountingResults implements ResultStore<Held> {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger closedTwice = new AtomicInteger();
    final AtomicInteger loads = new AtomicInteger();
    final Map<String, String> saved = new ConcurrentHashMap<>();
    /** Saved results that are damaged. */
    final Set<String> damaged = ConcurrentHashMap.newKeySet();

    /** What is in the way of loading and saving. */
    volatile Step.Obstacle loading = Step.Obstacle.NONE;

    volatile Step.Obstacle saving = Step.Obstacle.NONE;

    private final AtomicInteger ids = new AtomicInteger();

    Held make(String content) {
        open.incrementAndGet();
        return new Held(content);
    }

    @Override
    public Held share(Held result) {
        return make(result.content());
    }

    @Override
    public void close(Held result) {
        if (result.close()) {
            open.decrementAndGet();
        } else {
            closedTwice.incrementAndGet();
        }
    }

    @Override
    public String save(Held result) throws InterruptedException {
        saving.pass();
        String id = "result-" + ids.incrementAndGet();
        saved.put(id, result.content());
        return id;
    }

    @Override
    public Optional<Held> load(String id) throws InterruptedException {
        loads.incrementAndGet();
        loading.pass();
        String content = damaged.contains(id) ? null : saved.get(id);
        return Optional.ofNullable(content).map(this::make);
    }

    void assertNothingLeaks() {
        assertThat(open).as("open holds").hasValue(0);
        assertThat(closedTwice).as("holds closed twice").hasValue(0);
    }
}

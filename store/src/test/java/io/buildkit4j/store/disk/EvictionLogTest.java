package io.buildkit4j.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.store.Eviction;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class EvictionLogTest {
    @TempDir
    Path folder;

    @Test
    void isKeptAndForgetsTheOldest() {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        Eviction first = new Eviction("id-0", begin, "keep at most 10 GB");
        try (Store store = Store.open(folder)) {
            store.evictions().add(first);
            assertThat(store.evictions().find("id-0")).isEqualTo(Optional.of(first));
            assertThat(store.evictions().find("other")).isEmpty();
        }
        try (Store store = Store.open(folder)) {
            EvictionLog log = store.evictions();
            assertThat(log.find("id-0")).isEqualTo(Optional.of(first));
            for (int i = 1; i < 10_000; i++) {
                log.add(new Eviction("id-" + i, begin.plusSeconds(i), "pruned by hand"));
            }
            assertThat(log.find("id-0")).isEmpty();
            assertThat(log.find("id-9999")).isPresent();
            assertThat(store.table("evictions").scan("")).hasSizeLessThan(9_500);
        }
    }
}

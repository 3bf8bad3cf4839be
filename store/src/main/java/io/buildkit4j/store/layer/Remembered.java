package io.buildkit4j.store.layer;

import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Facts that are known at once and durable with the next round of deferred writes. */
final class Remembered {
    private final String name;
    private final MetadataTable table;
    private final DeferredWrites deferred;
    private final Map<String, String> recent = new ConcurrentHashMap<>();

    Remembered(String name, Database database, DeferredWrites deferred) {
        this.name = name;
        this.table = database.table(name);
        this.deferred = deferred;
    }

    Optional<String> get(String key) {
        Optional<String> known = Optional.ofNullable(recent.get(key));
        return known.isPresent() ? known : table.get(key).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    void put(String key, String value) {
        recent.put(key, value);
        deferred.put(name, key, () -> value.getBytes(StandardCharsets.UTF_8));
    }
}

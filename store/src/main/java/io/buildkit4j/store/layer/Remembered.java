package io.buildkit4j.store.layer;

import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.metadata.Database;
import io.buildkit4j.store.metadata.DeferredWrites;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Facts that are known at once and durable with the next round of deferred writes. */
final class Remembered {
    private final String name;
    private final MetadataTable table;
    private final DeferredWrites deferred;
    private final Map<String, String> recent = new ConcurrentHashMap<>();
    private boolean reversed;
    /** Where each value was put last, when that is asked for. */
    private final Map<String, Key> keys = new ConcurrentHashMap<>();

    private record Key(String name) {}

    Remembered(String name, Database database, DeferredWrites deferred) {
        this.name = name;
        this.table = database.table(name);
        this.deferred = deferred;
    }

    /** All of it, as it was when the store was opened. */
    Map<String, String> all() {
        Map<String, String> all = new HashMap<>();
        table.scan("").forEach(entry -> all.put(entry.getKey(), new String(entry.getValue(), StandardCharsets.UTF_8)));
        return all;
    }

    /** From now on {@link #removeValue} finds keys by their values. */
    Remembered byValue() {
        reversed = true;
        all().forEach((key, value) -> keys.put(value, new Key(key)));
        return this;
    }

    void remove(String key) {
        String before = recent.remove(key);
        if (before != null || table.get(key).isPresent()) {
            deferred.remove(name, key);
        }
    }

    /** Removes what has this value. */
    void removeValue(String value) {
        Key key = keys.remove(value);
        if (key != null && get(key.name).equals(Optional.of(value))) {
            remove(key.name);
        }
    }

    Optional<String> get(String key) {
        Optional<String> known = Optional.ofNullable(recent.get(key));
        return known.isPresent() ? known : table.get(key).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    void put(String key, String value) {
        recent.put(key, value);
        if (reversed) {
            keys.put(value, new Key(key));
        }
        deferred.put(name, key, () -> value.getBytes(StandardCharsets.UTF_8));
    }
}

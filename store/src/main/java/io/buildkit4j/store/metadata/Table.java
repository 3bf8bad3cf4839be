package io.buildkit4j.store.metadata;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.store.MetadataTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** One table: reads are answered from memory, writes become visible when they are durable. */
final class Table implements MetadataTable {
    private final Database database;
    final String name;
    private final ConcurrentNavigableMap<String, byte[]> entries = new ConcurrentSkipListMap<>(NameBytes::compare);

    Table(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    @Override
    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(entries.get(key)).map(byte[]::clone);
    }

    @Override
    public List<Map.Entry<String, byte[]>> scan(String prefix) {
        List<Map.Entry<String, byte[]>> found = new ArrayList<>();
        for (var entry : entries.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            found.add(Map.entry(entry.getKey(), entry.getValue().clone()));
        }
        return found;
    }

    @Override
    public void write(Map<String, byte[]> put, List<String> remove) {
        database.write(List.of(new Change(this, Map.copyOf(put), List.copyOf(remove), false)));
    }

    /** What is written together with others; {@code shown}: readers see it already. */
    record Change(Table table, Map<String, byte[]> put, List<String> remove, boolean shown) {}

    void load(String key, byte[] value) {
        entries.put(key, value);
    }

    void unload(String key) {
        entries.remove(key);
    }

    /** Makes visible what has become durable. */
    void apply(Change change) {
        if (change.shown()) {
            return;
        }
        change.remove().forEach(entries::remove);
        change.put().forEach((key, value) -> entries.put(key, value.clone()));
    }
}

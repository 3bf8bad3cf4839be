package io.buildkit4j.store.snapshot;

import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.store.snapshot.SnapshotRecords.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Turns records into snapshots. A record without its directory, or without one of its parents, is dropped. */
final class SnapshotLoader {
    private final SnapshotFiles files;
    private final Map<String, Stored> stored = new HashMap<>();
    private final Map<String, Snapshot> loaded = new HashMap<>();
    private final Set<String> dropped = new HashSet<>();

    SnapshotLoader(SnapshotFiles files) {
        this.files = files;
    }

    Map<String, Snapshot> load(MetadataTable records) {
        for (Map.Entry<String, byte[]> record : records.scan("")) {
            SnapshotRecords.decode(record.getKey(), record.getValue())
                    .ifPresentOrElse(read -> stored.put(read.id(), read), () -> dropped.add(record.getKey()));
        }
        stored.keySet().forEach(this::loadWithParents);
        if (!dropped.isEmpty()) {
            records.write(Map.of(), List.copyOf(dropped));
        }
        return loaded;
    }

    /** Chains are thousands long, so this does not recurse. */
    private void loadWithParents(String first) {
        Deque<String> left = new ArrayDeque<>(List.of(first));
        Set<String> begun = new HashSet<>();
        while (!left.isEmpty()) {
            String id = left.peek();
            Stored record = stored.get(id);
            if (record == null || loaded.containsKey(id) || dropped.contains(id)) {
                left.pop();
                continue;
            }
            List<String> open = Stream.concat(record.parents().stream(), record.picked().stream())
                    .filter(needed ->
                            stored.containsKey(needed) && !loaded.containsKey(needed) && !dropped.contains(needed))
                    .toList();
            if (open.isEmpty() || !begun.add(id)) {
                left.pop();
                build(record);
            } else {
                open.forEach(left::push);
            }
        }
    }

    private void build(Stored record) {
        Optional<List<Snapshot>> parents = resolve(record.parents());
        Optional<List<Snapshot>> picked = resolve(record.picked());
        boolean here = record.shape() != Snapshot.Shape.LAYER || files.exists(record.id());
        if (parents.isEmpty() || picked.isEmpty() || !here) {
            dropped.add(record.id());
            return;
        }
        Snapshot snapshot = new Snapshot(record.id(), record.shape(), parents.get(), picked.get(), record.facts());
        snapshot.parents.forEach(parent -> parent.children++);
        loaded.put(record.id(), snapshot);
    }

    private Optional<List<Snapshot>> resolve(List<String> ids) {
        List<Snapshot> found = new ArrayList<>();
        for (String id : ids) {
            Snapshot snapshot = loaded.get(id);
            if (snapshot == null) {
                return Optional.empty();
            }
            found.add(snapshot);
        }
        return Optional.of(found);
    }
}

package io.buildkit4j.store.snapshot;

import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.snapshot.Snapshot.Facts;
import io.buildkit4j.store.snapshot.Snapshot.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes snapshots of layers of others, without files of their own. */
public record Combinations(Snapshots snapshots) {
    /** One over the other, the last uppermost. */
    public Ref merge(List<Ref> inputs, RefDescription description) {
        List<Snapshot> parents = new ArrayList<>();
        for (Ref input : inputs) {
            Snapshot snapshot = snapshots.of(input);
            if (!snapshots.isScratch(snapshot)) {
                parents.add(snapshot);
            }
        }
        return switch (parents.size()) {
            case 0 -> snapshots.scratch();
            case 1 -> snapshots.hold(parents.getFirst());
            default ->
                snapshots.add(new Snapshot(
                        snapshots.files().newId(), Shape.MERGE, parents, List.of(), Facts.fresh(description)));
        };
    }

    /** The layers of upper above lower, when lower's layers are the lowest of upper's. */
    public Optional<Ref> difference(Ref lower, Ref upper, RefDescription description) {
        List<Snapshot> below = snapshots.of(lower).layers();
        List<Snapshot> all = snapshots.of(upper).layers();
        int own = all.size() - below.size();
        if (own < 0 || !all.subList(own, all.size()).equals(below)) {
            return Optional.empty();
        }
        if (own == 0) {
            return Optional.of(snapshots.scratch());
        }
        if (below.isEmpty()) {
            return Optional.of(upper.share());
        }
        return Optional.of(snapshots.add(new Snapshot(
                snapshots.files().newId(),
                Shape.DIFF,
                List.of(snapshots.of(upper)),
                all.subList(0, own),
                Facts.fresh(description))));
    }
}

package io.buildkit4j.store.snapshot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Whether what snapshots stand on is there as it was committed. Directories of an earlier process are compared with their
 * seals once, before their first use; that a directory is there at all is looked at again after a while.
 */
final class Presence {
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SnapshotFiles files;

    Presence(SnapshotFiles files) {
        this.files = files;
    }

    /** Whether the snapshot and all below it are whole. */
    boolean isWhole(Snapshot snapshot) {
        long now = System.nanoTime();
        Deque<Snapshot> left = new ArrayDeque<>(List.of(snapshot));
        Set<Snapshot> met = new HashSet<>();
        while (!left.isEmpty()) {
            Snapshot next = left.pop();
            boolean recent = next.seen != 0 && now - next.seen < RECENT_NANOS;
            if (recent || !met.add(next)) {
                continue;
            }
            if (next.damaged || !isThere(next)) {
                next.damaged = true;
                snapshot.damaged = true;
                return false;
            }
            next.parents.forEach(left::push);
        }
        met.forEach(each -> each.seen = now);
        return true;
    }

    private boolean isThere(Snapshot snapshot) {
        if (!snapshot.hasDirectory()) {
            return true;
        }
        return snapshot.compared ? files.exists(snapshot.id) : isSealed(snapshot);
    }

    /** Tells those whose own files are not as they were; they are misses from now on. */
    void check(List<Snapshot> snapshots, Consumer<String> damaged) throws InterruptedException {
        for (Snapshot snapshot : snapshots) {
            if (Thread.interrupted()) {
                throw new InterruptedException("verifying was canceled");
            }
            if (!isSealed(snapshot)) {
                snapshot.damaged = true;
                snapshot.seen = 0;
                damaged.accept(snapshot.id);
            }
        }
    }

    /** Looks at every file, but not into it. */
    boolean isSealed(Snapshot snapshot) {
        if (!snapshot.hasDirectory()) {
            return true;
        }
        if (!files.exists(snapshot.id)) {
            return false;
        }
        long seal = snapshot.facts().seal();
        try {
            boolean same =
                    seal == Snapshot.UNSEALED || files.measure(snapshot.id).seal() == seal;
            snapshot.compared |= same;
            return same;
        } catch (InterruptedException canceled) {
            // whoever wanted it is told by its next wait; nothing was found out
            Thread.currentThread().interrupt();
            return true;
        }
    }
}

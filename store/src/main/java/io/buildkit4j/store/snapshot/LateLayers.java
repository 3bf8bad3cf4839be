package io.buildkit4j.store.snapshot;

import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.TransferListener;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Layers that are there in name only until somebody looks inside. What is late is not remembered when the store is closed. */
public final class LateLayers {
    private final Snapshots snapshots;
    /** So that a layer is not told another source when its files are there; held for a few instructions. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile Fetcher fetcher = (snapshot, listener) -> {};

    /** Fetches and applies all that is deferred of a snapshot. */
    @FunctionalInterface
    public interface Fetcher {
        /** Answers when all of it is there. */
        void fetch(Snapshot snapshot, TransferListener listener) throws InterruptedException;
    }

    LateLayers(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    /** Who makes them. */
    public void fetchBy(Fetcher made) {
        fetcher = made;
    }

    /** A layer over another. */
    public Ref defer(Deferred deferred, Ref below, RefDescription description) {
        return snapshots.addLayer(snapshots.files().newId(), snapshots.of(below), description, layer -> {
            layer.deferred = deferred;
            layer.arrived = false;
        });
    }

    /** From now on it comes from here, unless it is there already. */
    public void redirect(Snapshot layer, Deferred newest) {
        lock.lock();
        try {
            if (layer.deferred != null) {
                layer.deferred = newest;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sees to it that all of the snapshot is there. */
    void await(Snapshot snapshot, TransferListener listener) throws InterruptedException {
        if (!snapshot.arrived) {
            fetcher.fetch(snapshot, listener);
            snapshot.arrived = true;
        }
    }

    /** A hold on what the layer is laid over. */
    public Ref below(Snapshot layer) {
        return layer.parents.isEmpty() ? snapshots.scratch() : snapshots.hold(layer.parents.getFirst());
    }

    /** Begins to make the layer, which somebody holds. */
    public ActiveSnapshot begin(Snapshot layer) {
        return snapshots.begin(layer.id, snapshots.scratch(), layer.description(), List.of());
    }

    /** Its directory is complete, and so is what it is laid over. */
    void arrived(ActiveSnapshot.Beginning begun, Snapshot layer) {
        lock.lock();
        try {
            layer.unmeasured = begun.room();
            layer.compared = true;
            layer.deferred = null;
            layer.arrived = true;
        } finally {
            lock.unlock();
        }
        snapshots.remember(layer);
    }
}

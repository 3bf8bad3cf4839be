package io.buildkit4j.store.snapshot;

import io.buildkit4j.store.Snapshotter;

class OverlaySnapshotterTest extends SnapshotterContract {
    @Override
    Snapshotter wanted() {
        return Snapshotter.OVERLAYFS;
    }
}

package io.buildkit4j.store.snapshot;

import io.buildkit4j.store.Snapshotter;

class NativeSnapshotterTest extends SnapshotterContract {
    @Override
    Snapshotter wanted() {
        return Snapshotter.NATIVE;
    }
}

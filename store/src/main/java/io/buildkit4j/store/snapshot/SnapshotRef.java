package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.FilePrint;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TransferListener;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.tree.ContentHashes;
import io.buildkit4j.store.tree.LayeredTree;
import io.buildkit4j.store.tree.TreePrints;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** One hold. */
final class SnapshotRef implements Ref {
    private final Snapshots snapshots;
    private final Snapshot snapshot;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The hold was counted already. */
    SnapshotRef(Snapshots snapshots, Snapshot snapshot) {
        this.snapshots = snapshots;
        this.snapshot = snapshot;
    }

    boolean isOf(Snapshots others) {
        return snapshots == others;
    }

    Snapshot snapshot() {
        if (closed.get()) {
            throw new StoreFault(Kind.FAILED_PRECONDITION, "the ref to " + snapshot.id + " is closed");
        }
        return snapshot;
    }

    @Override
    public String id() {
        return snapshot.id;
    }

    @Override
    public Ref share() {
        return snapshots.hold(snapshot());
    }

    private LayeredTree readTree() throws InterruptedException {
        return new LayeredTree(snapshots.files().cache(), snapshots.stack(snapshots.directories(snapshot())));
    }

    @Override
    public void fetch(TransferListener listener) throws InterruptedException {
        snapshots.late().await(snapshot(), listener);
    }

    @Override
    public TreeReader tree() throws InterruptedException {
        return readTree();
    }

    @Override
    public MountedTree mountReadOnly() throws InterruptedException {
        return snapshots.mountReadOnly(snapshots.directories(snapshot()));
    }

    @Override
    public Digest contentDigest(ContentQuery query) throws InterruptedException {
        return ContentHashes.digest(readTree(), query);
    }

    @Override
    public List<FilePrint> prints() throws InterruptedException {
        return TreePrints.of(readTree());
    }

    @Override
    public UsageRecord usage() {
        return snapshots.usage(snapshot());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            snapshots.release(snapshot);
        }
    }

    @Override
    public String toString() {
        return "ref " + snapshot.id;
    }
}

package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OverlayMount;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Ref;
import io.buildkit4j.store.RefDescription;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.store.budget.Reservation;
import io.buildkit4j.store.tree.WholeTree;
import io.buildkit4j.store.tree.WritableTree;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A snapshot that is being written: used by one thread at a time, except for its mounts. */
public final class ActiveSnapshot implements ActiveRef {
    private final Snapshots snapshots;
    private final String id;
    private final Ref parent;
    private final Beginning begun;
    private final List<Path> lower;
    private final Instant created = Instant.now();
    private final Optional<Object> step;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable WritableTree tree;
    private @Nullable MountedTree mount;
    private @Nullable WholeTree copy;
    private boolean mounted;

    /** What it is, and what it was promised. */
    record Beginning(String id, Ref parent, RefDescription description, Reservation room) {}

    /** The directory was made already. */
    ActiveSnapshot(Snapshots snapshots, Beginning begun, List<Path> lower) {
        this.snapshots = snapshots;
        this.step = snapshots.steps().current();
        this.id = begun.id;
        this.parent = begun.parent;
        this.begun = begun;
        this.lower = lower;
    }

    /** Its own directory, in overlay form. */
    public Path directory() {
        return snapshots.files().directory(id);
    }

    String id() {
        return id;
    }

    /** The step that it belongs to. */
    public Optional<Object> step() {
        return step;
    }

    /** What it was promised; whoever writes into its directory spends from it first. */
    public Reservation room() {
        return begun.room;
    }

    /** Bytes on disk so far. What a process writes unasked is looked at now; the rest is what was promised. */
    public long measure() throws InterruptedException {
        if (begun.room.isForeign()) {
            begun.room.found(snapshots.files().measure(id).bytes());
        }
        return begun.room.held();
    }

    @Override
    public TreeWriter tree() {
        open();
        try {
            return absorbed();
        } catch (InterruptedException canceled) {
            Thread.currentThread().interrupt();
            throw new StoreFault(Kind.CANCELED, "looking for changes was canceled", canceled);
        }
    }

    private WritableTree written() {
        if (tree == null) {
            tree = new WritableTree(snapshots.files().cache(), directory(), lower, begun.room);
        }
        return tree;
    }

    /** The tree with what was changed in a copy of it. */
    private WritableTree absorbed() throws InterruptedException {
        WholeTree changed = copy;
        WritableTree into = written();
        if (changed != null) {
            changed.absorb(into);
            copy = null;
            mounted = false;
            snapshots.files().settle(id);
        }
        return into;
    }

    private MountedTree mountCopy() throws InterruptedException {
        WritableTree seen = absorbed();
        Path place = snapshots.files().copy(id);
        FileTree.remove(place.toString());
        HostFiles.makeDirectory(place.toString(), 0700);
        copy = WholeTree.copy(seen, place, begun.room);
        mounted = true;
        return new MountedTree() {
            @Override
            public Path path() {
                return place;
            }

            @Override
            public void close() {
                // stays until its changes are absorbed or thrown away
            }
        };
    }

    @Override
    public MountedTree mount() throws InterruptedException {
        open();
        if (tree != null && tree.shares()) {
            throw new StoreFault(Kind.INTERNAL, "snapshot " + id + " shares files and cannot be written by a process");
        }
        begun.room.foreignBegins();
        if (snapshots.copies()) {
            return mountCopy();
        }
        if (mounted) {
            // the kernel refuses a working directory that was used before without being synchronised
            unmount();
            snapshots.files().settle(id);
        }
        // what the kernel changes, the tree does not learn
        tree = null;
        mounted = true;
        var upper = new OverlayMount.Upper(
                directory().toString(), snapshots.files().work(id).toString());
        MountedTree made = snapshots.mount(lower, Optional.of(upper));
        mount = made;
        return made;
    }

    @Override
    public Ref commit() throws InterruptedException {
        open();
        return commitOver(snapshots.of(parent));
    }

    /** Commits the directory alone, as something that can be laid over anything. */
    public Ref commitAlone() throws InterruptedException {
        open();
        try (Ref nothing = snapshots.scratch()) {
            return commitOver(nothing);
        }
    }

    /** Commits over something that was not there yet when this began. */
    public Ref commitOver(Ref below) throws InterruptedException {
        open();
        return commitOver(snapshots.of(below));
    }

    /** What is in the directory is what was deferred. */
    public void commitInto(Snapshot layer) {
        open();
        snapshots.late().arrived(begun, layer);
        ended.set(true);
        snapshots.ended(this);
        parent.close();
    }

    private Ref commitOver(Snapshot below) throws InterruptedException {
        if (copy != null) {
            absorbed();
        }
        if (mounted) {
            unmount();
            snapshots.files().settle(id);
        }
        if (tree != null && !mounted) {
            snapshots.files().cache().committed(directory(), tree);
        }
        Ref committed = snapshots.commit(begun, below);
        ended.set(true);
        snapshots.ended(this);
        parent.close();
        return committed;
    }

    private void open() {
        if (ended.get()) {
            throw new StoreFault(Kind.FAILED_PRECONDITION, "snapshot " + id + " was committed or closed before");
        }
    }

    private void unmount() {
        if (mount != null) {
            mount.close();
        }
    }

    UsageRecord usage() {
        return new UsageRecord(
                id, List.of(parent.id()), true, true, false, 0, created, Optional.empty(), 0, begun.description);
    }

    @Override
    public void close() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        unmount();
        snapshots.ended(this);
        snapshots.files().remove(id);
        begun.room.close();
        parent.close();
    }
}

package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.ListedFile;
import io.buildkit4j.linux.MountPoint;
import io.buildkit4j.linux.Mounts;
import io.buildkit4j.linux.OverlayMount;
import io.buildkit4j.store.MountedTree;
import io.buildkit4j.store.Snapshotter;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.budget.Budget;
import io.buildkit4j.store.budget.Reservation;
import io.buildkit4j.store.tree.LayerCache;
import io.buildkit4j.store.tree.WholeTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The places below {@code mounts/} where snapshots are mounted, or shown as directories of hard links. */
public final class MountDirectory implements AutoCloseable {
    private final Path root;
    private final AtomicLong next = new AtomicLong();
    private final Set<Mounted> open = ConcurrentHashMap.newKeySet();

    private final boolean copies;

    /** Takes the state directory, in which an earlier process may have left mounts: they are removed. */
    public MountDirectory(Path state, Snapshotter wanted) {
        root = state.resolve("mounts");
        if (HostFiles.find(root.toString()).isEmpty()) {
            HostFiles.makeDirectory(root.toString(), 0711);
        }
        // they may be anywhere below the state directory
        for (MountPoint left : Mounts.below(state.toString())) {
            if (!left.path().equals(state.toString())) {
                Mounts.detach(left.path());
            }
        }
        for (ListedFile left : HostFiles.list(root.toString())) {
            FileTree.remove(root.resolve(left.name()).toString());
        }
        copies = wanted == Snapshotter.NATIVE || !canStack(wanted);
    }

    /** Whether the kernel stacks directories of this file system. */
    private boolean canStack(Snapshotter wanted) {
        Path probe = root.resolve("probe");
        List<String> made = new ArrayList<>();
        for (String name : List.of("", "lower", "lowest", "upper", "work", "target")) {
            made.add(probe.resolve(name).toString());
            HostFiles.makeDirectory(made.getLast(), 0700);
        }
        try {
            var upper = new OverlayMount.Upper(made.get(3), made.get(4));
            Mounts.overlay(new OverlayMount(made.subList(1, 3), Optional.of(upper)), made.get(5));
            Mounts.detach(made.get(5));
            return true;
        } catch (LinuxFault cannot) {
            if (wanted == Snapshotter.OVERLAYFS) {
                throw new StoreFault(
                        Kind.FAILED_PRECONDITION,
                        "overlayfs does not work on the file system of " + root.getParent()
                                + "; choose the snapshotter native or auto, or another state directory: "
                                + cannot.getMessage(),
                        cannot);
            }
            return false;
        } finally {
            FileTree.remove(probe.toString());
        }
    }

    /** Whether snapshots are copied instead of stacked. */
    boolean copies() {
        return copies;
    }

    /** The layers, uppermost first, as a directory of hard links that nobody can write to. */
    MountedTree link(LayerCache cache, List<Path> layers, Reservation room) throws InterruptedException {
        Path target = root.resolve(Long.toString(next.incrementAndGet()));
        HostFiles.makeDirectory(target.toString(), 0700);
        boolean shown = false;
        try {
            WholeTree.link(cache, layers, target, room);
            Mounts.bindReadOnly(target.toString(), target.toString());
            shown = true;
        } finally {
            if (!shown) {
                FileTree.remove(target.toString());
                room.close();
            }
        }
        Mounted mounted = new Mounted(target, room);
        open.add(mounted);
        return mounted;
    }

    /** Mounts the layers, uppermost first; writable when there is an upper directory. */
    MountedTree mount(List<Path> layers, Optional<OverlayMount.Upper> upper) {
        List<String> lower = new ArrayList<>(layers.size());
        layers.forEach(layer -> lower.add(layer.toString()));
        if (lower.size() > Mounts.MOST_LAYERS) {
            throw new StoreFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "a file system of " + lower.size() + " layers cannot be mounted; the kernel stacks at most "
                            + Mounts.MOST_LAYERS);
        }
        Path target = root.resolve(Long.toString(next.incrementAndGet()));
        HostFiles.makeDirectory(target.toString(), 0700);
        try {
            if (upper.isEmpty() && lower.size() == 1) {
                Mounts.bindReadOnly(lower.getFirst(), target.toString());
            } else {
                Mounts.overlay(new OverlayMount(lower, upper), target.toString());
            }
        } catch (LinuxFault failed) {
            HostFiles.removeDirectory(target.toString());
            throw failed;
        }
        Mounted mounted = new Mounted(target, new Budget().reserve());
        open.add(mounted);
        return mounted;
    }

    private final class Mounted implements MountedTree {
        private final Path path;
        private final Reservation room;
        private final AtomicBoolean closed = new AtomicBoolean();

        Mounted(Path path, Reservation room) {
            this.path = path;
            this.room = room;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public void close() {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
            open.remove(this);
            try {
                Mounts.unmount(path.toString());
            } catch (LinuxFault busy) {
                // a process that outlives its step must not keep the step's place
                Mounts.detach(path.toString());
            }
            FileTree.remove(path.toString());
            room.close();
        }
    }

    /** Unmounts what is left. */
    @Override
    public void close() {
        for (Mounted left : List.copyOf(open)) {
            left.close();
        }
    }
}

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
import io.buildkit4j.store.StoreFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The places below {@code mounts/} where snapshots are mounted. */
public final class MountDirectory implements AutoCloseable {
    private final Path root;
    private final AtomicLong next = new AtomicLong();
    private final Set<Mounted> open = ConcurrentHashMap.newKeySet();

    /** Takes the state directory, in which an earlier process may have left mounts: they are removed. */
    public MountDirectory(Path state) {
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
        Mounted mounted = new Mounted(target);
        open.add(mounted);
        return mounted;
    }

    private final class Mounted implements MountedTree {
        private final Path path;
        private final AtomicBoolean closed = new AtomicBoolean();

        Mounted(Path path) {
            this.path = path;
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
            HostFiles.removeDirectory(path.toString());
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

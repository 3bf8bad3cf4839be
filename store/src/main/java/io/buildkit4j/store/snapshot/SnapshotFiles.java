package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.ListedFile;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.tree.LayerCache;
import io.buildkit4j.store.tree.OverlayMarks;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the files of snapshots are below the state directory. */
public final class SnapshotFiles {
    private static final int ID_LENGTH = 25;

    private final Path state;
    private final Path snapshots;
    private final Path temporary;
    private final SecureRandom random = new SecureRandom();
    private final LayerCache cache = new LayerCache(OverlayMarks.TRUSTED, this::hashes);

    /** Makes the directories where they are missing. */
    public SnapshotFiles(Path root) {
        state = root;
        snapshots = root.resolve("snapshots");
        temporary = root.resolve("tmp");
        for (Path directory : List.of(snapshots, temporary, empty())) {
            if (HostFiles.find(directory.toString()).isEmpty()) {
                HostFiles.makeDirectory(directory.toString(), 0755);
            }
        }
    }

    /** A fresh name of 25 digits and letters. */
    String newId() {
        String id = new BigInteger(130, random).toString(36).toLowerCase(Locale.ROOT);
        String padded = "0".repeat(ID_LENGTH) + id;
        return padded.substring(padded.length() - ID_LENGTH);
    }

    /** Beside the directory; nothing for the empty one, which is nobody's. */
    private Optional<Path> hashes(Path directory) {
        return directory.equals(empty()) ? Optional.empty() : Optional.of(directory.resolveSibling("hashes"));
    }

    /** What trees of this store share. */
    public LayerCache cache() {
        return cache;
    }

    /** The state directory. */
    Path state() {
        return state;
    }

    /** An empty directory below all others. */
    Path empty() {
        return snapshots.resolve("empty");
    }

    /** The directory of everything that belongs to one snapshot. */
    private Path home(String id) {
        return snapshots.resolve(id);
    }

    /** The changes of a snapshot. */
    public Path directory(String id) {
        return home(id).resolve("fs");
    }

    /** The kernel's working directory of a snapshot that is mounted writable, made when it is missing. */
    Path work(String id) {
        Path work = home(id).resolve("work");
        if (HostFiles.find(work.toString()).isEmpty()) {
            HostFiles.makeDirectory(work.toString(), 0700);
        }
        return work;
    }

    /** Makes the empty directory of a new snapshot, whose root looks like that of {@code like}. */
    void make(String id, Path like) {
        HostFiles.makeDirectory(home(id).toString(), 0700);
        HostFiles.makeDirectory(directory(id).toString(), 0755);
        copyRoot(like, directory(id));
    }

    /** Gives a directory the owner, mode, time and attributes of another. */
    static void copyRoot(Path from, Path to) {
        FileStatus status = HostFiles.status(from.toString());
        HostFiles.setOwner(to.toString(), status.uid(), status.gid());
        HostFiles.setMode(to.toString(), status.mode() & 07777);
        for (Map.Entry<String, byte[]> attribute :
                HostFiles.attributes(from.toString()).entrySet()) {
            if (!attribute.getKey().startsWith("trusted.overlay.")) {
                HostFiles.setAttribute(to.toString(), attribute.getKey(), attribute.getValue());
            }
        }
        HostFiles.setModified(to.toString(), status.modified());
    }

    /** A directory beside the changes of a snapshot, for a copy of all that they stand on. */
    Path copy(String id) {
        return home(id).resolve("copy");
    }

    /** Removes what only an active snapshot has. */
    void settle(String id) {
        FileTree.remove(copy(id).toString());
        FileTree.remove(home(id).resolve("work").toString());
    }

    boolean exists(String id) {
        return HostFiles.find(directory(id).toString())
                .filter(FileStatus::isDirectory)
                .isPresent();
    }

    /**
     * What a snapshot's files add up to.
     *
     * @param bytes on disk, of everything that belongs to it
     * @param seal of all names in its directory with their types, modes, owners, times and sizes
     */
    record Measured(long bytes, long seal) {
        static final Measured NOTHING = new Measured(0, Snapshot.UNSEALED);
    }

    /** Looks at every file of the snapshot; nothing when it is gone. */
    Measured measure(String id) throws InterruptedException {
        long[] blocks = new long[1];
        Set<Long> linked = new HashSet<>();
        Seal seal = new Seal();
        try {
            FileTree.walk(home(id).toString(), (path, status) -> {
                boolean first = status.links() < 2 || status.isDirectory() || linked.add(status.inode());
                blocks[0] += first ? status.blocks() : 0;
                if (path.startsWith("fs")) {
                    seal.add(path, status);
                }
                return true;
            });
        } catch (LinuxFault gone) {
            if (gone.kind() != Kind.NOT_FOUND) {
                throw gone;
            }
            return Measured.NOTHING;
        }
        return new Measured(blocks[0] * 512, seal.value());
    }

    /** Out of sight at once, so that no half of it is ever found under its name; then deleted. */
    void remove(String id) {
        cache.forget(directory(id));
        if (HostFiles.find(home(id).toString()).isEmpty()) {
            return;
        }
        // beside where it was: to move a directory to another one locks the whole file system
        Path doomed = home("removed-" + id);
        HostFiles.rename(home(id).toString(), doomed.toString());
        FileTree.remove(doomed.toString());
    }

    /** Deletes what a crash left: directories without a record, everything unfinished. */
    void sweep(Set<String> known) {
        for (ListedFile found : HostFiles.list(snapshots.toString())) {
            if (!known.contains(found.name()) && !found.name().equals("empty")) {
                String doomed = temporary.resolve("removed-" + found.name()).toString();
                FileTree.remove(doomed);
                HostFiles.rename(home(found.name()).toString(), doomed);
            }
        }
        for (ListedFile found : HostFiles.list(temporary.toString())) {
            FileTree.remove(temporary.resolve(found.name()).toString());
        }
    }

    static StoreFault gone(String id) {
        return new StoreFault(Kind.NOT_FOUND, "snapshot " + id + " is gone; what needs it has to be built again");
    }
}

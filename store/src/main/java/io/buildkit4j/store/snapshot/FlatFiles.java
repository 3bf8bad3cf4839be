package io.buildkit4j.store.snapshot;

import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.linux.ListedFile;
import io.buildkit4j.linux.OpenFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Flat directories: {@code flat/OWNER.WHAT-BYTES/fs}, where OWNER is a snapshot and WHAT names the directories that it was
 * made of. Made aside and renamed. {@code flat/complete} says that the store was closed in order; without it a crash may
 * have torn any of them, and all are thrown away: they are made again when they are needed.
 */
final class FlatFiles {
    private static final String COMPLETE = "complete";

    private final Path root;
    private final Path temporary;
    /** By owner and what, without the bytes. */
    private final Map<String, Path> known = new ConcurrentHashMap<>();

    private final Map<String, Set<Path>> owned = new ConcurrentHashMap<>();

    /** Keeps those of the owners, if they are sound. */
    FlatFiles(Path state, Set<String> owners) {
        root = state.resolve("flat");
        temporary = state.resolve("tmp");
        Path marker = root.resolve(COMPLETE);
        boolean sound = Stacks.isThere(marker);
        if (!sound && Stacks.isThere(root)) {
            drop(root);
        }
        if (!Stacks.isThere(root)) {
            HostFiles.makeDirectory(root.toString(), 0700);
            return;
        }
        HostFiles.remove(marker.toString());
        for (ListedFile file : HostFiles.list(root.toString())) {
            String name = file.name();
            int end = name.lastIndexOf('-');
            if (end > 0 && owners.contains(owner(name))) {
                add(name.substring(0, end), root.resolve(name).resolve("fs"));
            } else {
                drop(root.resolve(name));
            }
        }
    }

    private static String owner(String name) {
        return name.substring(0, Math.max(0, name.indexOf('.')));
    }

    static String name(String owner, List<Path> layers) {
        StringBuilder all = new StringBuilder();
        layers.forEach(layer -> all.append(layer).append('\n'));
        return owner + "." + Digest.ofText(all.toString()).hex().substring(0, 16);
    }

    Optional<Path> find(String name) {
        return Optional.ofNullable(known.get(name)).filter(Stacks::isThere);
    }

    /** An empty directory; its parent belongs to it. */
    Path begin(String name) {
        Path home =
                temporary.resolve("flat-" + name + "-" + Thread.currentThread().threadId());
        FileTree.remove(home.toString());
        HostFiles.makeDirectory(home.toString(), 0700);
        Path begun = home.resolve("fs");
        HostFiles.makeDirectory(begun.toString(), 0755);
        return begun;
    }

    /** Puts it in its place, where another may be already that is just the same. */
    Path keep(String name, Path begun, long bytes) {
        Path home = root.resolve(name + "-" + bytes);
        Path kept = home.resolve("fs");
        try {
            HostFiles.rename(home(begun).toString(), home.toString());
        } catch (LinuxFault raced) {
            if (!Stacks.isThere(kept)) {
                throw raced;
            }
            drop(begun);
        }
        add(name, kept);
        return kept;
    }

    private static Path home(Path flat) {
        return Objects.requireNonNull(flat.getParent());
    }

    /** Throws one away that was begun. */
    void drop(Path doomed) {
        Path home = doomed.endsWith("fs") ? home(doomed) : doomed;
        if (home.startsWith(temporary)) {
            FileTree.remove(home.toString());
            return;
        }
        // out of sight at once
        Path aside = temporary.resolve("removed-flat-" + home.getFileName());
        FileTree.remove(aside.toString());
        HostFiles.rename(home.toString(), aside.toString());
        FileTree.remove(aside.toString());
    }

    long bytes(String owner) {
        long sum = 0;
        for (Path flat : owned.getOrDefault(owner, Set.of())) {
            sum += bytes(flat);
        }
        return sum;
    }

    private static long bytes(Path flat) {
        String name = String.valueOf(home(flat).getFileName());
        return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
    }

    long total() {
        long sum = 0;
        for (Path flat : known.values()) {
            sum += bytes(flat);
        }
        return sum;
    }

    private void add(String name, Path flat) {
        known.put(name, flat);
        owned.computeIfAbsent(owner(name), absent -> ConcurrentHashMap.newKeySet())
                .add(flat);
    }

    /** Removes all of the owner; answers which. */
    Set<Path> remove(String owner) {
        Set<Path> gone = owned.remove(owner);
        if (gone == null) {
            return Set.of();
        }
        known.values().removeAll(gone);
        gone.forEach(this::drop);
        return gone;
    }

    /** What is there is sound. */
    void close() {
        if (known.isEmpty()) {
            return;
        }
        try (OpenFile open = HostFiles.openDirectory(root.toString())) {
            open.syncFileSystem();
        }
        HostFiles.create(root.resolve(COMPLETE).toString(), 0600).close();
    }
}

package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.snapshot.Snapshot.Shape;
import io.buildkit4j.store.tree.FlatLayer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the directories of snapshots. The kernel stacks some hundred directories at most and looks a name up in each, so of
 * every {@value #RUN} that follow each other one is made: a <em>flat</em> directory of hard links, which belongs to the
 * snapshot on top of them and is used in their place. Of as many flat ones another is made, and so on: a file system has
 * any number of layers and no more than a few hundred directories.
 */
public final class Stacks {
    /** How many become one. */
    static final int RUN = 64;

    /** Names that a flat directory has at most, because making it should not be felt; unless it cannot be done without. */
    private static final long MOST_NAMES = 100_000;

    /** Directories of one stack from which on flat ones are made however large. */
    private static final int MOST = 400;

    private final SnapshotFiles files;
    private final FlatFiles flats;

    Stacks(SnapshotFiles files, FlatFiles flats) {
        this.files = files;
        this.flats = flats;
    }

    /** The directories of the snapshot, the uppermost first; none for the empty file system. */
    List<Path> directories(Snapshot snapshot) {
        return Stack.paths(of(snapshot));
    }

    /** Without recursion, because chains are long. Two that come at once may both make it, with the same outcome. */
    private @Nullable Stack of(Snapshot wanted) {
        Deque<Snapshot> left = new ArrayDeque<>();
        left.push(wanted);
        while (!left.isEmpty()) {
            Snapshot next = left.peek();
            List<Snapshot> first = next.stack != null || next.shape == Shape.DIFF ? List.of() : next.parents;
            List<Snapshot> open =
                    first.stream().filter(parent -> parent.stack == null).toList();
            if (open.isEmpty()) {
                left.pop();
                if (next.stack == null) {
                    next.stack = new Snapshot.Known(make(next));
                }
            } else {
                open.forEach(left::push);
            }
        }
        return known(wanted);
    }

    private static @Nullable Stack known(Snapshot snapshot) {
        Snapshot.Known known = snapshot.stack;
        return known == null ? null : known.stack();
    }

    private @Nullable Stack make(Snapshot snapshot) {
        Stack stack = switch (snapshot.shape) {
            case LAYER -> {
                Stack below = snapshot.parents.isEmpty() ? null : known(snapshot.parents.getFirst());
                yield Stack.over(below, files.directory(snapshot.id), 0);
            }
            case MERGE -> merged(snapshot);
            case DIFF -> picked(snapshot);
        };
        Stack made = stack;
        while (made != null && made.run() >= RUN) {
            made = flattened(snapshot, made, RUN);
        }
        return made != null && made.size() > MOST ? collapsed(snapshot, made) : made;
    }

    /** A directory that is there twice counts where it is uppermost: there it shows all that it could further below. */
    private static @Nullable Stack merged(Snapshot snapshot) {
        Stack stack = null;
        for (Snapshot parent : snapshot.parents) {
            Stack upper = known(parent);
            if (upper != null) {
                stack = stack == null ? upper : over(stack, upper);
            }
        }
        return stack;
    }

    private static Stack over(Stack lower, Stack upper) {
        List<Path> above = Stack.paths(upper);
        Set<Path> seen = new HashSet<>(above);
        Stack stack = lower;
        if (Stack.paths(lower).stream().anyMatch(seen::contains)) {
            stack = null;
            Deque<Stack> kept = new ArrayDeque<>();
            for (Stack at = lower; at != null; at = at.below()) {
                if (!seen.contains(at.directory())) {
                    kept.push(at);
                }
            }
            for (Stack at : kept) {
                stack = Stack.over(stack, at.directory(), at.level());
            }
        }
        Deque<Stack> added = new ArrayDeque<>();
        for (Stack at = upper; at != null; at = at.below()) {
            added.push(at);
        }
        for (Stack at : added) {
            stack = Stack.over(stack, at.directory(), at.level());
        }
        return stack == null ? upper : stack;
    }

    private @Nullable Stack picked(Snapshot snapshot) {
        Stack stack = null;
        for (Snapshot layer : snapshot.picked.reversed()) {
            stack = Stack.over(stack, files.directory(layer.id), 0);
        }
        return stack;
    }

    /** The first so many made one; the same stack, never to be tried again, when they are too large or it fails. */
    private Stack flattened(Snapshot owner, Stack stack, int count) {
        int level = stack.level() + 1;
        try {
            Optional<Path> made = flat(owner, stack.top(count), MOST_NAMES);
            return made.isPresent() ? Stack.over(stack.without(count), made.get(), level) : stack.settled();
        } catch (Fault failed) {
            if (stack.size() > MOST) {
                throw failed;
            }
            return stack.settled();
        }
    }

    /** All of a stack that is too high to be mounted, in groups. */
    private Stack collapsed(Snapshot owner, Stack stack) {
        List<Path> all = Stack.paths(stack);
        List<List<Path>> groups = new ArrayList<>();
        for (int from = 0; from < all.size(); from += RUN) {
            groups.add(all.subList(from, Math.min(from + RUN, all.size())));
        }
        Stack made = null;
        for (List<Path> group : groups.reversed()) {
            Path flat = group.size() == 1
                    ? group.getFirst()
                    : flat(owner, group, Long.MAX_VALUE).orElseThrow();
            made = Stack.over(made, flat, stack.level() + 1);
        }
        return made == null ? stack : made.size() > MOST ? collapsed(owner, made) : made;
    }

    private Optional<Path> flat(Snapshot owner, List<Path> layers, long most) {
        String name = FlatFiles.name(owner.id, layers);
        Optional<Path> there = flats.find(name);
        if (there.isPresent()) {
            return there;
        }
        Path begun = flats.begin(name);
        boolean kept = false;
        try {
            Optional<Long> bytes = FlatLayer.make(files.cache(), layers, begun, most);
            if (bytes.isEmpty()) {
                return Optional.empty();
            }
            kept = true;
            return Optional.of(flats.keep(name, begun, bytes.get()));
        } finally {
            if (!kept) {
                flats.drop(begun);
            }
        }
    }

    /** Bytes that the flat directories of the snapshot take by themselves. */
    long bytes(Snapshot snapshot) {
        return flats.bytes(snapshot.id);
    }

    /** Bytes of all flat directories. */
    public long total() {
        return flats.total();
    }

    /** The snapshot is removed. */
    void remove(Snapshot snapshot) {
        for (Path gone : flats.remove(snapshot.id)) {
            files.cache().forget(gone);
        }
    }

    /** What is there can be used again later. */
    void close() {
        flats.close();
    }

    static boolean isThere(Path directory) {
        return HostFiles.find(directory.toString()).isPresent();
    }
}

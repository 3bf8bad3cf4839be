package io.buildkit4j.store.tree;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.budget.Reservation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stack of layers whose upper directory may change: where a name is made or removed in it, and what is known of it
 * meanwhile. What is made there is said by {@link WritableTree}.
 */
abstract sealed class UpperTree extends MergedTree permits WritableTree {
    final Layer upper;
    final Reservation room;
    final Described described;
    final UpperFiles files;
    final Sharing sharing;
    /** Hashes of files that were written here, by path. Filled by streams on any thread. */
    final Map<String, Digest> digests = new ConcurrentHashMap<>();

    /** The upper directory exists and may have entries, which count; below it the lowers, top first. */
    UpperTree(LayerCache cache, Path upper, List<Path> lowers, Reservation room) {
        this(stack(cache, upper, lowers), room);
    }

    private UpperTree(List<Layer> layers, Reservation room) {
        super(layers.getFirst().marks, layers);
        this.upper = layers.getFirst();
        this.room = room;
        described = new Described(marks);
        files = new UpperFiles(described, room);
        sharing = new Sharing(layers.subList(1, layers.size()));
    }

    private static List<Layer> stack(LayerCache cache, Path upper, List<Path> lowers) {
        List<Layer> layers = new ArrayList<>(lowers.size() + 1);
        layers.add(new Layer(upper.toString(), cache.marks(), new LayerDigests(Optional.empty())));
        lowers.forEach(lower -> layers.add(cache.layer(lower)));
        return layers;
    }

    Reservation room() {
        return room;
    }

    /** A name to be made or removed. */
    record Place(Merged directory, String name) {
        String path() {
            return directory.child(name);
        }
    }

    final Place place(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        String clean = path.substring(0, end);
        String name = name(clean);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "\"" + path + "\": cannot be made or removed");
        }
        String parent = resolve(parent(clean), true);
        Merged directory = directory(parent);
        if (directory == null) {
            throw entry(parent).isPresent() ? notDirectory(parent) : notFound(parent);
        }
        return new Place(directory, name);
    }

    /** The part of a directory that may be written, made where only layers below have it. */
    final Layer.Part writable(Merged directory) {
        Layer.Part first = directory.parts().getFirst();
        if (first.layer == upper) {
            return first;
        }
        Merged parent = directory(parent(directory.path()));
        if (parent == null) {
            throw notFound(directory.path());
        }
        Layer.Part above = writable(parent);
        String name = name(directory.path());
        String host = above.child(name);
        FileStatus status = HostFiles.status(first.host);
        room.spend(Reservation.ENTRY);
        HostFiles.makeDirectory(host, 0700);
        described.apply(host, described.of(status, first.host), true);
        Layer.Part made = upper.put(directory.path(), Layer.Part.made(upper, host, false));
        above.names().put(name, Mark.DIRECTORY);
        List<Layer.Part> parts = new ArrayList<>(directory.parts().size() + 1);
        parts.add(made);
        parts.addAll(directory.parts());
        directories.put(directory.path(), new Merged(directory.path(), List.copyOf(parts)));
        return made;
    }

    /** Readies the upper directory for a new entry of that name, whatever was there; answers its path on the host. */
    final String vacate(Place place) {
        room.spend(Reservation.ENTRY);
        Layer.Part part = writable(place.directory);
        Mark mark = part.mark(place.name);
        if (mark != null) {
            removeUpper(part, place, mark);
        } else {
            forget(place.path());
        }
        return part.child(place.name);
    }

    final void removeUpper(Layer.Part part, Place place, Mark mark) {
        String host = part.child(place.name);
        if (mark == Mark.DIRECTORY) {
            FileTree.remove(host);
        } else {
            files.remove(host);
        }
        part.names().remove(place.name);
        forget(place.path());
    }

    final void forget(String path) {
        if (directories.containsKey(path)) {
            String below = path + "/";
            directories.keySet().removeIf(known -> known.equals(path) || known.startsWith(below));
            upper.drop(path);
            digests.keySet().removeIf(known -> known.startsWith(below));
        }
        digests.remove(path);
        sharing.end(path);
    }

    final void made(Place place, Mark mark) {
        writable(refreshed(place)).names().put(place.name, mark);
    }

    /** The place's directory as it is after it was made writable. */
    final Merged refreshed(Place place) {
        Merged now = directory(place.directory.path());
        return now == null ? place.directory : now;
    }

    final boolean belowHas(Place place) {
        List<Layer.Part> parts = place.directory.parts();
        List<Layer.Part> below = parts.getFirst().layer == upper ? parts.subList(1, parts.size()) : parts;
        return Merged.top(below, place.name) != null;
    }

    /** Where the upper directory has the directory, if it does. */
    Optional<String> written(String directory) {
        Merged merged = directory(directory);
        return Optional.ofNullable(merged)
                .map(found -> found.parts().getFirst())
                .filter(part -> part.layer == upper)
                .map(part -> part.host);
    }

    /** The upper directory with what is known of it. */
    Layer upper() {
        return upper;
    }

    /** Hashes of the files in the upper directory, as far as they are known, by path. */
    Map<String, Digest> digests() {
        return digests;
    }

    @Override
    Optional<Digest> knownDigest(String path) {
        Merged directory = directory(parent(path));
        Layer.Part part = directory == null ? null : directory.top(name(path));
        if (part == null) {
            return Optional.empty();
        }
        return part.layer == upper
                ? Optional.ofNullable(digests.get(path))
                : Optional.ofNullable(part.layer.digests.find(ContentHashes.fileKey(path)))
                        .map(Digest::ofHash);
    }
}

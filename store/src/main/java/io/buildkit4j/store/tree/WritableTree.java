// departs from FileLength: every change keeps the same notes of what is where, and they would have to be passed around
package io.buildkit4j.store.tree;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.OpenFile;
import io.buildkit4j.store.StoreFault;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.budget.Reservation;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Changes a stack of layers by writing into its upper directory what overlayfs would write there, without a mount. Nothing
 * else may change that directory meanwhile: after a mount of it, make a new one of these.
 */
public final class WritableTree extends MergedTree implements TreeWriter {
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    private final Layer upper;
    private final Reservation room;
    private final Described described;
    private final UpperFiles files;
    private final Sharing sharing;
    /** Hashes of files that were written here, by path. Filled by streams on any thread. */
    private final Map<String, Digest> digests = new ConcurrentHashMap<>();

    /**
     * Over these directories.
     *
     * @param upper exists; what is in it already counts
     * @param lowers top first, may be none
     * @param room grows with what is written
     */
    public WritableTree(LayerCache cache, Path upper, List<Path> lowers, Reservation room) {
        this(stack(cache, upper, lowers), room);
    }

    private WritableTree(List<Layer> layers, Reservation room) {
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
    private record Place(Merged directory, String name) {
        String path() {
            return directory.child(name);
        }
    }

    private Place place(String path) {
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
    private Layer.Part writable(Merged directory) {
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
    private String vacate(Place place) {
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

    private void removeUpper(Layer.Part part, Place place, Mark mark) {
        String host = part.child(place.name);
        if (mark == Mark.DIRECTORY) {
            FileTree.remove(host);
        } else {
            files.remove(host);
        }
        part.names().remove(place.name);
        forget(place.path());
    }

    private void forget(String path) {
        if (directories.containsKey(path)) {
            String below = path + "/";
            directories.keySet().removeIf(known -> known.equals(path) || known.startsWith(below));
            upper.drop(path);
            digests.keySet().removeIf(known -> known.startsWith(below));
        }
        digests.remove(path);
        sharing.end(path);
    }

    private void made(Place place, Mark mark) {
        writable(refreshed(place)).names().put(place.name, mark);
    }

    /** The place's directory as it is after it was made writable. */
    private Merged refreshed(Place place) {
        Merged now = directory(place.directory.path());
        return now == null ? place.directory : now;
    }

    private boolean belowHas(Place place) {
        List<Layer.Part> parts = place.directory.parts();
        List<Layer.Part> below = parts.getFirst().layer == upper ? parts.subList(1, parts.size()) : parts;
        return Merged.top(below, place.name) != null;
    }

    @Override
    public void makeDirectory(String path, Attributes attributes) {
        Place place = place(path);
        if (place.directory.top(place.name) != null) {
            throw new StoreFault(Kind.ALREADY_EXISTS, "\"" + path + "\": file exists");
        }
        boolean opaque = belowHas(place);
        String host = vacate(place);
        HostFiles.makeDirectory(host, 0700);
        if (opaque) {
            HostFiles.setAttribute(host, marks.opaque(), YES);
        }
        described.apply(host, attributes, true);
        Layer.Part made = upper.put(place.path(), Layer.Part.made(upper, host, opaque));
        made(place, Mark.DIRECTORY);
        directories.put(place.path(), new Merged(place.path(), List.of(made)));
    }

    @Override
    public OutputStream writeFile(String path, Attributes attributes) {
        Place place = place(path);
        OpenFile file = create(place, attributes.mode());
        return new HashedFile(file, attributes, this, hash -> digests.put(place.path(), Digest.ofHash(hash)));
    }

    private OpenFile create(Place place, int mode) {
        String host = vacate(place);
        OpenFile file = HostFiles.create(host, mode & 0777);
        made(place, Mark.FILE);
        return file;
    }

    @Override
    public Reserved reserveFile(String path, Attributes attributes) {
        Place place = place(path);
        files.await(vacate(place), attributes);
        made(place, Mark.FILE);
        String host = writable(refreshed(place)).child(place.name);
        return () -> new HashedFile(
                files.begin(host, attributes),
                attributes,
                this,
                hash -> digests.put(place.path(), Digest.ofHash(hash)));
    }

    @Override
    public void makeLink(String path, String target, Attributes attributes) {
        Place place = place(path);
        String host = vacate(place);
        HostFiles.makeLink(host, target);
        made(place, Mark.LINK);
        described.apply(host, attributes, false);
    }

    @Override
    public void makeNode(String path, long device, Attributes attributes) {
        int type = attributes.mode() & FileStatus.TYPE;
        if (type == FileStatus.CHARACTER_DEVICE && FileStatus.isMark(device)) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "\"" + path + "\": such a device is a mark of overlayfs");
        }
        Place place = place(path);
        String host = vacate(place);
        HostFiles.makeNode(host, attributes.mode(), device);
        made(place, type == FileStatus.FILE ? Mark.FILE : Mark.OTHER);
        described.apply(host, attributes, true);
    }

    @Override
    public void makeHardLink(String path, String existing) {
        String source = canonical(existing);
        String from = copiedUp(source);
        Place place = place(path);
        if (place.path().equals(source)) {
            return;
        }
        if (source.startsWith(place.path() + "/")) {
            throw new StoreFault(Kind.INVALID_ARGUMENT, "\"" + path + "\": holds \"" + existing + "\"");
        }
        Mark mark = Mark.of(HostFiles.status(from));
        if (mark == Mark.DIRECTORY) {
            throw new StoreFault(
                    Kind.FAILED_PRECONDITION, "\"" + existing + "\": a directory cannot have a second name");
        }
        HostFiles.makeHardLink(vacate(place), from);
        made(place, mark);
        Digest known = digests.get(source);
        if (known != null) {
            digests.put(place.path(), known);
        }
    }

    private String canonical(String path) {
        String resolved = resolve(path, false);
        if (!has(resolved)) {
            throw notFound(path);
        }
        return resolved;
    }

    /** Where the upper directory has the entry, copied there first where only layers below have it. */
    private String copiedUp(String path) {
        if (path.equals("/")) {
            return upper.root;
        }
        Merged itself = directory(path);
        if (itself != null) {
            return writable(itself).host;
        }
        Place place = place(path);
        Layer.Part part = place.directory.top(place.name);
        if (part == null) {
            throw notFound(path);
        }
        if (part.layer == upper) {
            return alone(place, part.child(place.name));
        }
        copyUp(place, part.child(place.name));
        return writable(refreshed(place)).child(place.name);
    }

    /** The file that is there, about to change or to be named again. */
    private String alone(Place place, String host) {
        files.make(host);
        if (sharing.end(place.path())) {
            files.separate(host);
        }
        return host;
    }

    private void copyUp(Place place, String from) {
        FileStatus status = HostFiles.status(from);
        Attributes attributes = described.of(status, from);
        if (status.isFile()) {
            Optional<Digest> known = knownDigest(place.path());
            copy(from, status.size(), place, attributes);
            known.ifPresent(digest -> digests.put(place.path(), digest));
        } else if (status.isLink()) {
            makeLink(place.path(), HostFiles.readLink(from), attributes);
        } else {
            makeNode(place.path(), status.device(), attributes);
        }
    }

    private void copy(String from, long size, Place place, Attributes attributes) {
        try (OpenFile in = HostFiles.open(from);
                OpenFile out = create(place, attributes.mode())) {
            files.copy(in, size, out, attributes);
        }
    }

    @Override
    public void setAttributes(String path, Attributes attributes) {
        described.replace(copiedUp(canonical(path)), attributes);
    }

    /** Takes a file or directory of the host, which is moved here. */
    void adopt(String path, String from, FileStatus status) {
        Place place = place(path);
        boolean opaque = status.isDirectory() && belowHas(place);
        HostFiles.rename(from, vacate(place));
        if (opaque) {
            HostFiles.setAttribute(writable(refreshed(place)).child(place.name), marks.opaque(), YES);
        }
        made(place, Mark.of(status));
    }

    /** Where the upper directory has the directory, if it does. */
    Optional<String> written(String directory) {
        Merged merged = directory(directory);
        return Optional.ofNullable(merged)
                .map(found -> found.parts().getFirst())
                .filter(part -> part.layer == upper)
                .map(part -> part.host);
    }

    @Override
    public void remove(String path) {
        Place place = place(path);
        if (place.directory.top(place.name) == null) {
            throw notFound(path);
        }
        boolean below = belowHas(place);
        Layer.Part part = place.directory.parts().getFirst();
        Mark mark = part.layer == upper ? part.mark(place.name) : null;
        if (mark != null) {
            removeUpper(part, place, mark);
        }
        forget(place.path());
        if (below) {
            Layer.Part writable = writable(refreshed(place));
            HostFiles.makeWhiteout(writable.child(place.name));
            writable.names().put(place.name, Mark.WHITEOUT);
        }
    }

    @Override
    public void copyFile(TreeReader source, TreeEntry file, String path, Attributes attributes) {
        Place place = place(path);
        if (!(source instanceof MergedTree tree)) {
            throw new IllegalArgumentException("a tree of another store");
        }
        Optional<Digest> known = tree.knownDigest(file.path());
        Layer.Part part = tree.part(file.path());
        String from = part.child(name(file.path()));
        boolean committed = tree instanceof LayeredTree;
        if (!committed || !sharing.allows(part.layer, file, attributes) || !share(from, place, part.layer)) {
            copy(from, file.size(), place, attributes);
        }
        known.ifPresent(digest -> digests.put(place.path(), digest));
    }

    private boolean share(String from, Place place, Layer source) {
        if (!files.link(vacate(place), from)) {
            return false;
        }
        made(place, Mark.FILE);
        sharing.share(place.path(), source);
        return true;
    }

    /** Whether files are shared with committed layers: then nobody but this tree may change the directory. */
    public boolean shares() {
        return sharing.any();
    }

    /** Makes the files whose bytes have not come. */
    void complete() {
        files.makeAll();
    }

    Set<String> kin() {
        return sharing.kin();
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

package io.buildkit4j.store.tree;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.linux.FileStatus;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Changes a stack of layers by writing into its upper directory what overlayfs would write there, without a mount. Nothing
 * else may change that directory meanwhile: after a mount of it, make a new one of these.
 */
public final class WritableTree extends UpperTree implements TreeWriter {
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    /**
     * Over these directories.
     *
     * @param upper exists; what is in it already counts
     * @param lowers top first, may be none
     * @param room grows with what is written
     */
    public WritableTree(LayerCache cache, Path upper, List<Path> lowers, Reservation room) {
        super(cache, upper, lowers, room);
    }

    @Override
    public void makeDirectory(String path, Attributes attributes) {
        Place place = place(path);
        if (place.directory().top(place.name()) != null) {
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
        String host = writable(refreshed(place)).child(place.name());
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
        Layer.Part part = place.directory().top(place.name());
        if (part == null) {
            throw notFound(path);
        }
        if (part.layer == upper) {
            return alone(place, part.child(place.name()));
        }
        copyUp(place, part.child(place.name()));
        return writable(refreshed(place)).child(place.name());
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
            HostFiles.setAttribute(writable(refreshed(place)).child(place.name()), marks.opaque(), YES);
        }
        made(place, Mark.of(status));
    }

    @Override
    public void remove(String path) {
        Place place = place(path);
        if (place.directory().top(place.name()) == null) {
            throw notFound(path);
        }
        boolean below = belowHas(place);
        Layer.Part part = place.directory().parts().getFirst();
        Mark mark = part.layer == upper ? part.mark(place.name()) : null;
        if (mark != null) {
            removeUpper(part, place, mark);
        }
        forget(place.path());
        if (below) {
            Layer.Part writable = writable(refreshed(place));
            HostFiles.makeWhiteout(writable.child(place.name()));
            writable.names().put(place.name(), Mark.WHITEOUT);
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
}

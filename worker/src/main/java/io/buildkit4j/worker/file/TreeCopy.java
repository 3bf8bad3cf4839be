package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.wire.PathPatterns;
import io.buildkit4j.worker.WorkerFault;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Copies an entry with all below it. A directory onto a directory is merged: what is there and not in the source stays, and
 * only the outermost directory keeps its own attributes. Hard links among the copied stay hard links.
 */
final class TreeCopy {
    private final TreeReader from;
    private final TreeWriter to;
    private final FileAction.Copy copy;
    private final Optional<Ownership> owner;
    private final PathPatterns include;
    private final PathPatterns exclude;
    /** The first copy of a file with several names, by inode. */
    private final Map<Long, String> linked = new HashMap<>();

    TreeCopy(TreeReader from, TreeWriter to, FileAction.Copy copy, Optional<Ownership> owner) {
        this.from = from;
        this.to = to;
        this.copy = copy;
        this.owner = owner;
        include = PathPatterns.of(copy.include());
        exclude = PathPatterns.of(copy.exclude());
    }

    /** Copies the entry, which the client calls by this name, to the action's destination. */
    void copy(TreeEntry source, String name) throws InterruptedException {
        for (String required : copy.required()) {
            String path = Paths.clean(required); // from the top of the tree, wherever the source is
            if (from.find(path, false).isEmpty()) {
                throw Paths.notFound(path);
            }
        }
        String destination = Paths.clean(copy.destination());
        Optional<TreeEntry> there = to.find(destination, true);
        boolean into = Paths.directoryOnly(copy.destination())
                || there.filter(TreeEntry::isDirectory).isPresent();
        boolean contents = source.isDirectory() && copy.traits().directoryContents();
        String target = into && !contents ? Paths.join(destination, name) : destination;
        if (target.equals("/") && !source.isDirectory()) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "cannot copy \"" + source.path() + "\" onto \"/\"");
        }
        ready(Paths.parent(target));
        if (source.isDirectory()) {
            String place = to.resolve(target, true);
            directory(source, place, new Selection(include.root(), exclude.root(), false));
        } else {
            String place = Paths.join(to.resolve(Paths.parent(target), true), Paths.name(target));
            Optional<TreeEntry> link = to.find(place, false).filter(TreeEntry::isLink);
            boolean through = link.isPresent() && !copy.traits().alwaysReplace() && !source.isLink();
            leaf(source, through ? to.resolve(place, true) : place);
        }
    }

    private void ready(String parent) {
        if (to.find(parent, true).filter(TreeEntry::isDirectory).isPresent()) {
            return;
        }
        if (!copy.traits().createDestination()) {
            throw Paths.notFound(parent);
        }
        Paths.makeDirectories(to, parent, ActionRun.attributes(0755, owner, copy.timestamp()));
    }

    /**
     * What the patterns say of a directory.
     *
     * @param inner it is not the outermost one
     */
    private record Selection(PathPatterns.Verdict in, PathPatterns.Verdict out, boolean inner) {
        Selection enter(String name) {
            return new Selection(in.enter(name), out.enter(name), true);
        }
    }

    private boolean selected(Selection of) {
        return (include.isEmpty() || of.in.matched()) && !of.out.matched();
    }

    /** Copies a directory; one that is only the way to what is selected is made when something is. */
    private void directory(TreeEntry source, String place, Selection selection) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("copy was given up");
        }
        boolean made = selected(selection) || !selection.inner;
        if (made) {
            makeDirectory(source, place, selection.inner);
        }
        for (TreeEntry entry : from.list(source.path())) {
            Selection below = selection.enter(entry.name());
            String target = Paths.join(place, entry.name());
            if (entry.isDirectory()) {
                boolean skipped = below.out.matched() && below.out.settled();
                if (!skipped && (made || selectsBelow(entry, below))) {
                    made = made || makeDirectory(source, place, selection.inner);
                    inner(entry, target, below);
                }
            } else if (selected(below)) {
                made = made || makeDirectory(source, place, selection.inner);
                leaf(entry, target);
            }
        }
        if (made) {
            setTime(source, place, selection.inner);
        }
    }

    private void inner(TreeEntry entry, String target, Selection below) throws InterruptedException {
        if (selected(below) || selectsBelow(entry, below)) {
            directory(entry, target, below);
        }
    }

    /** Whether the patterns select anything below a directory that they do not select itself. */
    private boolean selectsBelow(TreeEntry directory, Selection selection) {
        if (selected(selection)) {
            return true;
        }
        boolean never = (!include.isEmpty() && !selection.in.matched() && selection.in.settled())
                || (selection.out.matched() && selection.out.settled());
        if (never) {
            return false;
        }
        for (TreeEntry entry : from.list(directory.path())) {
            Selection below = selection.enter(entry.name());
            if (selected(below) || (entry.isDirectory() && selectsBelow(entry, below))) {
                return true;
            }
        }
        return false;
    }

    private boolean makeDirectory(TreeEntry source, String place, boolean inner) {
        Optional<TreeEntry> there = to.find(place, false);
        if (there.isPresent() && !there.get().isDirectory()) {
            if (!copy.traits().alwaysReplace()) {
                throw new WorkerFault(Kind.FAILED_PRECONDITION, "cannot copy to non-directory: \"" + place + "\"");
            }
            to.remove(place);
            there = Optional.empty();
        }
        if (there.isEmpty()) {
            to.makeDirectory(place, attributes(source));
        } else if (inner) {
            to.setAttributes(place, attributes(source));
        }
        return true;
    }

    /** Entries that were made in it have changed its time. */
    private void setTime(TreeEntry source, String place, boolean inner) {
        if (inner || copy.timestamp() != FileAction.KEEP_TIME) {
            to.setAttributes(place, attributes(source));
        }
    }

    private void leaf(TreeEntry source, String place) {
        Optional<TreeEntry> there = to.find(place, false);
        if (there.filter(TreeEntry::isDirectory).isPresent() && !copy.traits().alwaysReplace()) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION, "cannot copy \"" + source.path() + "\" onto directory \"" + place + "\"");
        }
        if (source.links() > 1 && !source.isDirectory()) {
            String first = linked.putIfAbsent(source.inode(), place);
            if (first != null) {
                to.makeHardLink(place, first);
                return;
            }
        }
        Attributes attributes = attributes(source);
        if (source.isFile()) {
            to.copyFile(from, source, place, attributes);
        } else if (source.isLink()) {
            to.makeLink(place, source.link(), attributes);
        } else {
            to.makeNode(place, source.device(), attributes);
        }
    }

    private Attributes attributes(TreeEntry source) {
        int bits = source.mode() & 07777;
        if (!copy.symbolicMode().isEmpty()) {
            bits = new SymbolicMode(copy.symbolicMode()).apply(bits, source.isDirectory());
        } else if (copy.mode() >= 0) {
            bits = copy.mode() & 07777;
        }
        return new Attributes(
                (source.mode() & ~07777) | bits,
                owner.map(Ownership::uid).orElse(source.uid()),
                owner.map(Ownership::gid).orElse(source.gid()),
                copy.timestamp() == FileAction.KEEP_TIME ? source.modified() : copy.timestamp(),
                source.xattrs());
    }
}

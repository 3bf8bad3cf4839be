package io.buildkit4j.worker.source.local;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.ActiveRef;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.wire.ChangeMarks;
import io.buildkit4j.wire.FileReceiver;
import io.buildkit4j.wire.FileStat;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Receives a tree as what differs from an earlier one. Walks the earlier tree in step with the sender: one directory's
 * entries at a time are in memory. Nothing is begun until something differs.
 */
final class Difference implements FileReceiver, AutoCloseable {
    private final TreeReader before;
    private final Supplier<ActiveRef> begin;
    private Optional<ActiveRef> active = Optional.empty();
    private final Deque<Level> levels = new ArrayDeque<>();
    /** Paths that were written, for hard links to them. */
    private final Set<String> written = new HashSet<>();

    /** Directories that were changed: they get their times last, because files come into being with their bytes. */
    private final List<Level> changed = new ArrayList<>();

    private final Map<String, TreeWriter.Reserved> awaited = new ConcurrentHashMap<>();
    private long replaced;
    private OptionalLong walked = OptionalLong.empty();

    /** A directory whose entries are arriving, with those of before that have not. */
    private static final class Level {
        private final String path;
        private final Optional<Attributes> attributes;
        private final Map<String, TreeEntry> left = new HashMap<>();
        private boolean touched;

        Level(String path, Optional<Attributes> attributes) {
            this.path = path;
            this.attributes = attributes;
        }
    }

    Difference(TreeReader before, Supplier<ActiveRef> begin) {
        this.before = before;
        this.begin = begin;
        levels.push(level("", Optional.empty(), true));
    }

    /** Whether anything differs. */
    boolean any() {
        return active.isPresent();
    }

    ActiveRef active() {
        return active.orElseThrow();
    }

    /** Bytes of files that were replaced or removed. */
    long replaced() {
        return replaced;
    }

    private Level level(String path, Optional<Attributes> attributes, boolean existed) {
        Level level = new Level(path, attributes);
        if (existed) {
            for (TreeEntry entry : before.list("/" + path)) {
                level.left.put(entry.name(), entry);
            }
        }
        return level;
    }

    /** When the client began to look, by its clock, if it tells. */
    OptionalLong walked() {
        return walked;
    }

    @Override
    public boolean entry(FileStat received) {
        ChangeMarks.Marked marked = ChangeMarks.read(received);
        FileStat stat = marked.stat();
        walked = marked.walked().isPresent() ? marked.walked() : walked;
        int slash = stat.path().lastIndexOf('/');
        String parent = slash < 0 ? "" : stat.path().substring(0, slash);
        String name = stat.path().substring(slash + 1);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw refused(stat);
        }
        while (!levels.getFirst().path.equals(parent)) {
            if (levels.size() == 1) {
                throw refused(stat);
            }
            leave(levels.pop());
        }
        Optional<TreeEntry> old = Optional.ofNullable(levels.getFirst().left.remove(name));
        if (stat.isDirectory()) {
            directory(stat, old);
            return false;
        }
        if (stat.isFile() && !stat.link().isEmpty()) {
            hardLink(stat, old);
            return false;
        }
        boolean unchanged = old.isPresent() && !marked.changed() && same(stat, old.get());
        return !unchanged && make(stat, old);
    }

    private static WorkerFault refused(FileStat stat) {
        return new WorkerFault(
                Kind.INVALID_ARGUMENT, "the client sent \"" + stat.path() + "\" out of order or with a bad path");
    }

    private static Attributes attributes(FileStat stat) {
        return new Attributes(stat.mode(), stat.uid(), stat.gid(), stat.modified(), stat.xattrs());
    }

    private TreeWriter change() {
        if (active.isEmpty()) {
            active = Optional.of(begin.get());
        }
        levels.forEach(level -> level.touched = true);
        return active.get().tree();
    }

    private void directory(FileStat stat, Optional<TreeEntry> old) {
        boolean existed = old.filter(TreeEntry::isDirectory).isPresent();
        if (!existed) {
            old.ifPresent(this::remove);
            change().makeDirectory("/" + stat.path(), attributes(stat));
        } else if (!sameOwnerAndMode(stat, old.orElseThrow())) {
            change().setAttributes("/" + stat.path(), attributes(stat));
        }
        levels.push(level(stat.path(), Optional.of(attributes(stat)), existed));
    }

    private void remove(TreeEntry old) {
        replaced += old.isFile() ? old.size() : 0;
        change().remove(old.path());
    }

    private void hardLink(FileStat stat, Optional<TreeEntry> old) {
        boolean fresh = written.contains(stat.link());
        if (!fresh && old.isPresent() && old.get().isFile()) {
            Optional<TreeEntry> first = before.find("/" + stat.link(), false);
            if (first.isPresent() && first.get().inode() == old.get().inode()) {
                return;
            }
        }
        old.ifPresent(this::remove);
        change().makeHardLink("/" + stat.path(), "/" + stat.link());
        written.add(stat.path());
    }

    /** Makes what is no directory; answers whether its bytes are wanted. */
    private boolean make(FileStat stat, Optional<TreeEntry> old) {
        old.ifPresent(this::remove);
        String path = "/" + stat.path();
        written.add(stat.path());
        TreeWriter tree = change();
        if (stat.isLink()) {
            tree.makeLink(path, stat.link(), attributes(stat));
        } else if (!stat.isFile()) {
            tree.makeNode(path, stat.device(), attributes(stat));
        } else {
            TreeWriter.Reserved file = tree.reserveFile(path, attributes(stat));
            if (stat.size() > 0) {
                awaited.put(stat.path(), file);
                return true;
            }
            close(file.open());
        }
        return false;
    }

    private static void close(OutputStream empty) {
        try {
            empty.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean same(FileStat stat, TreeEntry old) {
        boolean device = !stat.isFile() && !stat.isLink() && stat.device() != old.device();
        return !device
                && stat.modified() == old.modified()
                && (!stat.isFile() || stat.size() == old.size())
                && stat.link().equals(old.link())
                && sameOwnerAndMode(stat, old);
    }

    private static boolean sameOwnerAndMode(FileStat stat, TreeEntry old) {
        boolean mode = stat.isLink() ? old.isLink() : stat.mode() == old.mode();
        return mode && stat.uid() == old.uid() && stat.gid() == old.gid() && sameAttributes(stat, old);
    }

    private static boolean sameAttributes(FileStat stat, TreeEntry old) {
        if (stat.xattrs().size() != old.xattrs().size()) {
            return false;
        }
        return stat.xattrs().entrySet().stream()
                .allMatch(one ->
                        java.util.Arrays.equals(one.getValue(), old.xattrs().get(one.getKey())));
    }

    /** Nothing more comes into this directory: what is left of before is gone. */
    private void leave(Level level) {
        for (TreeEntry gone : level.left.values()) {
            remove(gone);
            level.touched = true;
        }
        if (level.touched && level.attributes.isPresent()) {
            level.left.clear();
            changed.add(level);
        }
    }

    @Override
    public OutputStream content(FileStat stat) {
        TreeWriter.Reserved file = awaited.remove(stat.path());
        if (file == null) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT, "the client sent content of \"" + stat.path() + "\" that was not asked for");
        }
        return file.open();
    }

    @Override
    public void finish() {
        while (!levels.isEmpty()) {
            leave(levels.pop());
        }
        for (Level level : changed) {
            active().tree().setAttributes("/" + level.path, level.attributes.orElseThrow());
        }
        if (!awaited.isEmpty()) {
            throw new WorkerFault(
                    Kind.UNAVAILABLE,
                    "the client did not send the content of \""
                            + awaited.keySet().iterator().next() + "\"");
        }
    }

    @Override
    public void close() {
        active.ifPresent(ActiveRef::close);
    }
}

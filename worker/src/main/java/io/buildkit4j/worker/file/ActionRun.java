package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.store.TreeWildcards;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one action on one tree. */
final class ActionRun {
    private static final long SECOND = 1_000_000_000L;

    private final TreeWriter tree;
    private final Ownership.Trees trees;

    ActionRun(TreeWriter tree, Ownership.Trees trees) {
        this.tree = tree;
        this.trees = trees;
    }

    void run(FileAction action) throws InterruptedException {
        Optional<Ownership> owner = Ownership.of(action, trees);
        switch (action) {
            case FileAction.Copy copy -> copy(copy, owner);
            case FileAction.MakeFile file -> makeFile(file, owner);
            case FileAction.MakeDirectory directory -> makeDirectory(directory, owner);
            case FileAction.Remove remove -> remove(remove);
            case FileAction.Symlink link -> {
                String path = Paths.clean(link.path());
                if (tree.find(path, false).isPresent()) {
                    throw new WorkerFault(Kind.ALREADY_EXISTS, "symlink \"" + path + "\": file exists");
                }
                tree.makeLink(path, link.target(), attributes(0777, owner, link.timestamp()));
            }
        }
    }

    static Attributes attributes(int mode, Optional<Ownership> owner, long timestamp) {
        Ownership of = owner.orElse(Ownership.ROOT);
        return new Attributes(mode, of.uid(), of.gid(), time(timestamp), Map.of());
    }

    private static long time(long timestamp) {
        if (timestamp != FileAction.KEEP_TIME) {
            return timestamp;
        }
        Instant now = Instant.now();
        return now.getEpochSecond() * SECOND + now.getNano();
    }

    private void makeFile(FileAction.MakeFile file, Optional<Ownership> owner) {
        String path = tree.resolve(Paths.clean(file.path()), true);
        if (tree.find(path, false).filter(TreeEntry::isDirectory).isPresent()) {
            throw new WorkerFault(Kind.FAILED_PRECONDITION, "\"" + path + "\": is a directory");
        }
        byte[] bytes = new byte[file.data().remaining()];
        file.data().get(bytes);
        Attributes attributes = attributes(file.mode() & 07777, owner, file.timestamp());
        try (OutputStream out = tree.writeFile(path, attributes)) {
            out.write(bytes);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot write \"" + path + "\": " + failed.getMessage(), failed);
        }
    }

    private void makeDirectory(FileAction.MakeDirectory directory, Optional<Ownership> owner) {
        String path = Paths.clean(directory.path());
        Attributes attributes = attributes(directory.mode() & 07777, owner, directory.timestamp());
        if (directory.makeParents()) {
            Paths.makeDirectories(tree, path, attributes);
            return;
        }
        String resolved = tree.resolve(path, true);
        Optional<TreeEntry> there = tree.find(resolved, false);
        if (there.isEmpty()) {
            tree.makeDirectory(resolved, attributes);
        } else if (!there.get().isDirectory()) {
            throw new WorkerFault(Kind.ALREADY_EXISTS, "mkdir \"" + path + "\": file exists");
        }
    }

    private void remove(FileAction.Remove remove) {
        String path = Paths.clean(remove.path());
        boolean wildcard = remove.allowWildcard() && TreeWildcards.in(path);
        List<String> paths = wildcard ? TreeWildcards.matches(tree, path) : List.of(path);
        if (paths.isEmpty() && !remove.allowNotFound()) {
            throw Paths.notFound(path);
        }
        for (String each : paths) {
            if (each.equals("/")) {
                throw new WorkerFault(Kind.INVALID_ARGUMENT, "\"/\" cannot be removed: name what is in it");
            }
            if (tree.find(each, false).isPresent()) {
                tree.remove(each);
            } else if (!remove.allowNotFound()) {
                throw Paths.notFound(each);
            }
        }
    }

    private void copy(FileAction.Copy copy, Optional<Ownership> owner) throws InterruptedException {
        TreeReader from = trees.tree(copy.frame().secondaryInput());
        String source = Paths.clean(copy.source());
        boolean wildcard = copy.traits().allowWildcard() && TreeWildcards.in(source);
        List<String> sources = wildcard ? TreeWildcards.matches(from, source) : List.of(source);
        if (sources.isEmpty()) {
            if (copy.traits().allowEmptyWildcard()) {
                return;
            }
            throw Paths.notFound(source);
        }
        for (String each : sources) {
            Optional<TreeEntry> entry = from.find(each, copy.traits().followSymlink());
            if (entry.isEmpty()) {
                throw Paths.notFound(each);
            }
            boolean unpacked = copy.traits().unpack()
                    && Archive.unpack(
                            from, entry.get(), new Archive.Target(tree, copy.destination(), owner, copy.timestamp()));
            if (!unpacked) {
                new TreeCopy(from, tree, copy, owner).copy(entry.get(), Paths.name(each));
            }
        }
    }
}

package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Whom files are to belong to, by number. */
record Ownership(int uid, int gid) {
    static final Ownership ROOT = new Ownership(0, 0);

    private static final int LARGEST = 16 << 20;

    /** Finds the tree that an action's input number means. */
    @FunctionalInterface
    interface Trees {
        TreeReader tree(int input) throws InterruptedException;
    }

    static Optional<FileAction.Owner> owner(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy -> copy.owner();
            case FileAction.MakeFile file -> file.owner();
            case FileAction.MakeDirectory directory -> directory.owner();
            case FileAction.Symlink link -> link.owner();
            case FileAction.Remove remove -> Optional.empty();
        };
    }

    /** Inputs whose passwd or group files the action reads. */
    static List<Integer> inputs(FileAction action) {
        return owner(action).stream()
                .flatMap(owner -> java.util.stream.Stream.concat(owner.user().stream(), owner.group().stream()))
                .filter(FileAction.Account.Named.class::isInstance)
                .map(account -> ((FileAction.Account.Named) account).input())
                .toList();
    }

    /** Looks names up. A user by name brings its group along; a half that is not given is root. */
    static Optional<Ownership> of(FileAction action, Trees trees) throws InterruptedException {
        Optional<FileAction.Owner> owner = owner(action);
        if (owner.isEmpty()
                || (owner.get().user().isEmpty() && owner.get().group().isEmpty())) {
            return Optional.empty();
        }
        Ownership found = ROOT;
        switch (owner.get().user().orElse(null)) {
            case null -> {}
            case FileAction.Account.Numbered number -> found = new Ownership(number.id(), 0);
            case FileAction.Account.Named name -> {
                String[] line = line(trees.tree(name.input()), "/etc/passwd", name.name(), 4);
                found = new Ownership(number(line[2]), number(line[3]));
            }
        }
        return switch (owner.get().group().orElse(null)) {
            case null -> Optional.of(found);
            case FileAction.Account.Numbered number -> Optional.of(new Ownership(found.uid, number.id()));
            case FileAction.Account.Named name -> {
                String[] line = line(trees.tree(name.input()), "/etc/group", name.name(), 3);
                yield Optional.of(new Ownership(found.uid, number(line[2])));
            }
        };
    }

    private static int number(String text) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new WorkerFault(Kind.INVALID_ARGUMENT, "not a user or group number: \"" + text + "\"", e);
        }
    }

    private static String[] line(TreeReader tree, String path, String name, int fields) {
        Optional<TreeEntry> file = tree.find(path, true).filter(entry -> entry.isFile() && entry.size() <= LARGEST);
        if (file.isPresent()) {
            try (InputStream in = tree.open(file.get())) {
                Optional<String[]> found = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.strip().split(":", -1))
                        .filter(line -> line.length >= fields && line[0].equals(name))
                        .findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (IOException unreadable) {
                throw new WorkerFault(Kind.INTERNAL, "cannot read " + path, unreadable);
            }
        }
        throw new WorkerFault(
                Kind.INVALID_ARGUMENT, "\"" + name + "\" is not in " + path + " of the file system: use a number");
    }
}

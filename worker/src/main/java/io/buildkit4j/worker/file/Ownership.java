package io.buildkit4j.worker.file;

import io.buildkit4j.llb.FileAction;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.rootfs.Accounts;
import java.util.List;
import java.util.Optional;

/** Whom files are to belong to, by number. */
record Ownership(int uid, int gid) {
    static final Ownership ROOT = new Ownership(0, 0);

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

    /** Looks names up. A user by name brings its group along, one by number a group of that number; no user is root. */
    static Optional<Ownership> of(FileAction action, Trees trees) throws InterruptedException {
        Optional<FileAction.Owner> owner = owner(action);
        if (owner.isEmpty()
                || (owner.get().user().isEmpty() && owner.get().group().isEmpty())) {
            return Optional.empty();
        }
        Ownership found = ROOT;
        switch (owner.get().user().orElse(null)) {
            case null -> {}
            case FileAction.Account.Numbered number -> found = new Ownership(number.id(), number.id());
            case FileAction.Account.Named name -> {
                ProcessRequest.Identity user = new Accounts(trees.tree(name.input())).identity(name.name());
                found = new Ownership(user.uid(), user.gid());
            }
        }
        return switch (owner.get().group().orElse(null)) {
            case null -> Optional.of(found);
            case FileAction.Account.Numbered number -> Optional.of(new Ownership(found.uid, number.id()));
            case FileAction.Account.Named name ->
                Optional.of(new Ownership(found.uid, new Accounts(trees.tree(name.input())).gid(name.name())));
        };
    }
}

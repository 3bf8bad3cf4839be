package io.buildkit4j.worker.listing;

import io.buildkit4j.store.FilePrint;
import io.buildkit4j.worker.FileChange;
import io.buildkit4j.worker.FileChanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Compares two listings. */
final class Comparison {
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;

    private Comparison() {}

    static FileChanges compare(List<FilePrint> before, List<FilePrint> after, Predicate<String> selected) {
        Map<String, FilePrint> old = HashMap.newHashMap(before.size());
        before.forEach(print -> old.put(print.path(), print));
        List<FileChange> changes = new ArrayList<>();
        int total = 0;
        for (FilePrint print : after) {
            FilePrint was = old.remove(print.path());
            if (!selected.test(print.path())) {
                continue;
            }
            total += isDirectory(print) ? 0 : 1;
            if (was == null) {
                changes.add(change(print, FileChange.Kind.ADDED, "", ""));
            } else if (!was.equals(print)) {
                difference(was, print).ifPresent(changes::add);
            }
        }
        for (FilePrint gone : old.values()) {
            if (selected.test(gone.path())) {
                changes.add(change(gone, FileChange.Kind.REMOVED, "", ""));
            }
        }
        changes.sort(Comparator.comparing(FileChange::path));
        return new FileChanges(total, changes);
    }

    private static boolean isDirectory(FilePrint print) {
        return (print.mode() & TYPE) == DIRECTORY;
    }

    private static Optional<FileChange> difference(FilePrint was, FilePrint is) {
        if ((was.mode() & TYPE) != (is.mode() & TYPE)) {
            return Optional.of(change(is, FileChange.Kind.TYPE, type(was), type(is)));
        }
        if (was.content() != is.content()) {
            return Optional.of(change(is, FileChange.Kind.CONTENT, "", ""));
        }
        boolean link = (is.mode() & TYPE) == LINK;
        if (was.mode() != is.mode() && !link) {
            return Optional.of(change(is, FileChange.Kind.MODE, mode(was), mode(is)));
        }
        if (was.uid() != is.uid() || was.gid() != is.gid()) {
            return Optional.of(change(is, FileChange.Kind.OWNER, owner(was), owner(is)));
        }
        return Optional.empty();
    }

    private static FileChange change(FilePrint print, FileChange.Kind kind, String before, String after) {
        String path = print.path().equals("/") ? "." : print.path().substring(1);
        return new FileChange(path, kind, before, after);
    }

    private static String mode(FilePrint print) {
        return String.format("%04o", print.mode() & 07777);
    }

    private static String owner(FilePrint print) {
        return print.uid() + ":" + print.gid();
    }

    private static String type(FilePrint print) {
        return switch (print.mode() & TYPE) {
            case 0100000 -> "file";
            case DIRECTORY -> "directory";
            case LINK -> "link";
            case 0010000 -> "pipe";
            case 0140000 -> "socket";
            default -> "device";
        };
    }
}

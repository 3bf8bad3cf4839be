package io.buildkit4j.worker.file;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeWriter;
import io.buildkit4j.store.TreeWriter.Attributes;
import io.buildkit4j.worker.WorkerFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Paths of actions, which clients write as they like. */
final class Paths {
    private Paths() {}

    /** Absolute, without doubled slashes, {@code .} and {@code ..}, which are taken by their text as clients do. */
    static String clean(String path) {
        return "/" + RootedPath.inside(path);
    }

    /** Whether the path can only mean a directory. */
    static boolean directoryOnly(String path) {
        return path.isEmpty() || path.equals(".") || path.endsWith("/") || path.endsWith("/.");
    }

    static String join(String directory, String name) {
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Makes the directories of the path that are not there; answers the path without links. */
    static String makeDirectories(TreeWriter tree, String path, Attributes attributes) {
        String resolved = tree.resolve(path, true);
        List<String> missing = new ArrayList<>();
        String at = resolved;
        Optional<TreeEntry> there = tree.find(at, false);
        while (there.isEmpty()) {
            missing.add(at);
            at = parent(at);
            there = tree.find(at, false);
        }
        if (!there.get().isDirectory()) {
            throw new WorkerFault(Kind.FAILED_PRECONDITION, "\"" + at + "\": not a directory");
        }
        missing.reversed().forEach(directory -> tree.makeDirectory(directory, attributes));
        return resolved;
    }

    static WorkerFault notFound(String path) {
        return new WorkerFault(Kind.NOT_FOUND, "\"" + path + "\": not found");
    }
}

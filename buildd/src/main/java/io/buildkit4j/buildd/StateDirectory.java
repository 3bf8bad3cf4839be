package io.buildkit4j.buildd;

import io.buildkit4j.footing.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The directory that everything of a daemon is below. Only its owner may look into it: it holds other people's files. */
final class StateDirectory {
    private StateDirectory() {}

    /** Makes it, with mode 0700, where it is missing. */
    static Path prepare(Path root) {
        try {
            if (!Files.isDirectory(root)) {
                Path parent = root.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(
                        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return root.toRealPath();
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot make the state directory " + root + ": " + failed + "; choose another with --root",
                    failed);
        }
    }

    /** A directory inside it, made where it is missing. */
    static Path below(Path root, String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException failed) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION, "cannot make " + root.resolve(name) + ": " + failed.getMessage(), failed);
        }
    }
}

package io.buildkit4j.worker;

import java.util.List;

/**
 * How a directory differs from what it was.
 *
 * @param total how many files, links and the like there are now, directories not counted
 * @param changes by path; a directory is among them only for itself, not for what is in it
 */
public record FileChanges(int total, List<FileChange> changes) {
    /** The list is copied. */
    public FileChanges {
        changes = List.copyOf(changes);
    }
}

package io.buildkit4j.linux;

import java.util.List;
import java.util.Optional;

/**
 * What an overlay file system is stacked of. Nothing in it may change from outside while it is mounted.
 *
 * @param lower absolute paths of directories that are only read, the uppermost first; none twice, at least one
 * @param upper what is written; without it the mount is read-only and needs two lower directories
 */
public record OverlayMount(List<String> lower, Optional<Upper> upper) {
    /** The list is copied. */
    public OverlayMount {
        lower = List.copyOf(lower);
    }

    /**
     * Where changes go.
     *
     * @param directory gets the changes
     * @param work an empty directory of the same file system for the kernel's own use
     */
    public record Upper(String directory, String work) {}
}

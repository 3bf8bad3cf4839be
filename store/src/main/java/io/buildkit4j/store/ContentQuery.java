package io.buildkit4j.store;

import java.util.List;

/**
 * Which part of a tree a content digest covers.
 *
 * @param path from the root of the tree; may hold wildcards when {@code wildcards}
 * @param followLinks a symbolic link as the last part of the path stands for its target
 * @param include patterns in .dockerignore syntax relative to the path; empty for everything
 * @param exclude patterns likewise
 */
public record ContentQuery(
        String path, boolean followLinks, boolean wildcards, List<String> include, List<String> exclude) {
    /** The whole tree. */
    public static final ContentQuery ALL = new ContentQuery("/", true, false, List.of(), List.of());

    /** Lists are copied. */
    public ContentQuery {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }
}

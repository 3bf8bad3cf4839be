package io.buildkit4j.linux;

/**
 * A name in a directory.
 *
 * @param type as in {@link FileStatus#mode}, or 0 where the file system does not tell
 */
public record ListedFile(String name, int type) {}

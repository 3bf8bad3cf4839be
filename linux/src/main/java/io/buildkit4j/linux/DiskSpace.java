package io.buildkit4j.linux;

/**
 * The space of a file system as {@code statfs(2)} tells it, in bytes.
 *
 * @param available to unprivileged users
 */
public record DiskSpace(long total, long free, long available) {}

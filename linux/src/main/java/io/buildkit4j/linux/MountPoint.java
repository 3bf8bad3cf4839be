package io.buildkit4j.linux;

/**
 * One line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)).
 *
 * @param path where it is mounted, absolute
 * @param type of the file system, such as {@code overlay}
 * @param options of the mount, not of the file system, comma-separated
 */
public record MountPoint(String path, String type, String options) {}

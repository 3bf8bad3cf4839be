package io.buildkit4j.wire;

import java.util.Map;

/**
 * One entry of a directory tree as it crosses the wire (fsutil's {@code Stat}, with Unix mode bits in place of Go's).
 *
 * @param path relative to the tree's root, {@code /}-separated, without a leading slash
 * @param mode type and permission bits as in {@code st_mode}
 * @param modified nanoseconds since 1970
 * @param link target of a symbolic link, or the earlier path that a regular file is a hard link to, else empty
 * @param device {@code st_rdev} of a device, else 0
 */
public record FileStat(
        String path,
        int mode,
        int uid,
        int gid,
        long size,
        long modified,
        String link,
        long device,
        Map<String, byte[]> xattrs) {
    private static final int TYPE = 0170000;

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return (mode & TYPE) == 0040000;
    }

    /** Whether it is a regular file, hard links included. */
    public boolean isFile() {
        return (mode & TYPE) == 0100000;
    }

    /** Whether it is a symbolic link. */
    public boolean isLink() {
        return (mode & TYPE) == 0120000;
    }
}

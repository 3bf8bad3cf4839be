package io.buildkit4j.store;

import java.util.Map;

/**
 * One entry of a tree, as it lies there: a link is a link.
 *
 * @param path from the root of the tree, without links in its directories, such as {@code /usr/bin/env}
 * @param mode type and permission bits as in {@code st_mode}
 * @param modified nanoseconds since 1970, may be negative
 * @param link target of a symbolic link, else empty
 * @param device {@code st_rdev} of a device, else 0
 * @param links number of hard links, and {@code inode} to tell them
 */
public record TreeEntry(
        String path,
        int mode,
        int uid,
        int gid,
        long size,
        long modified,
        String link,
        long device,
        long inode,
        int links,
        Map<String, byte[]> xattrs) {
    private static final int TYPE = 0170000;

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return (mode & TYPE) == 0040000;
    }

    /** Whether it is a regular file. */
    public boolean isFile() {
        return (mode & TYPE) == 0100000;
    }

    /** Whether it is a symbolic link. */
    public boolean isLink() {
        return (mode & TYPE) == 0120000;
    }

    /** The last part of the path. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}

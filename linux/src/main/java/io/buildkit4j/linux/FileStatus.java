package io.buildkit4j.linux;

/**
 * What {@code statx(2)} says of a file, the link itself where it is one.
 *
 * @param mode type and permission bits
 * @param modified nanoseconds since 1970, may be negative
 * @param changed likewise, of the inode
 * @param device {@code st_rdev} of a device node, else 0, in the encoding of {@link #device(int, int)}
 * @param fileSystem {@code st_dev}, and {@code mount} the id of the mount it was seen through
 * @param blocks of 512 bytes
 */
public record FileStatus(
        int mode,
        int uid,
        int gid,
        long size,
        long blocks,
        long modified,
        long changed,
        long device,
        long inode,
        int links,
        long fileSystem,
        long mount) {
    /** Mask of the type in {@link #mode}. */
    public static final int TYPE = 0170000;

    /** Type of a directory, and so on. */
    public static final int DIRECTORY = 0040000;

    /** A regular file. */
    public static final int FILE = 0100000;

    /** A symbolic link. */
    public static final int LINK = 0120000;

    /** A character device. */
    public static final int CHARACTER_DEVICE = 0020000;

    /** A block device. */
    public static final int BLOCK_DEVICE = 0060000;

    /** Major 0, minor 1. */
    static final long SPARE_MARK = 1;

    /** A named pipe. */
    public static final int FIFO = 0010000;

    /** A socket. */
    public static final int SOCKET = 0140000;

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    /** Whether it is a regular file. */
    public boolean isFile() {
        return (mode & TYPE) == FILE;
    }

    /** Whether it is a symbolic link. */
    public boolean isLink() {
        return (mode & TYPE) == LINK;
    }

    /**
     * Whether it is a mark of a removed name: overlayfs's, a character device 0/0, or the one that stands for it where that
     * cannot be made, such as on overlayfs itself.
     */
    public boolean isWhiteout() {
        return (mode & TYPE) == CHARACTER_DEVICE && isMark(device);
    }

    /** Whether a character device of this number marks a removed name. No driver has such a number. */
    public static boolean isMark(long device) {
        return device == 0 || device == SPARE_MARK;
    }

    /** The number that the kernel gives a device. */
    public static long device(int major, int minor) {
        return ((major & 0xfffL) << 8)
                | (minor & 0xffL)
                | ((minor & 0xffffff00L) << 12)
                | ((major & 0xfffff000L) << 32);
    }

    /** Major part of a device number. */
    public static int major(long device) {
        return (int) (((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L));
    }

    /** Minor part of a device number. */
    public static int minor(long device) {
        return (int) ((device & 0xff) | ((device >>> 12) & 0xffffff00L));
    }
}

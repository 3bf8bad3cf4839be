package io.buildkit4j.image;

import java.util.Map;

/**
 * One entry of a tar archive, with all that the formats can say of it. Names and links are as {@link
 * io.buildkit4j.footing.NameBytes} makes them from the archive's bytes.
 *
 * @param name as it is in the archive, but without slashes at its end
 * @param mode permission bits with set-uid, set-gid and sticky, without the type
 * @param uid unsigned 32 bits, as the kernel has it
 * @param gid likewise
 * @param size of the content in bytes, holes included; 0 unless a file
 * @param modified nanoseconds since 1970, may be negative; saturated at what 64 bits hold
 * @param link target of a symbolic link, or the archive name that a hard link is another name of, else empty
 * @param device {@code st_rdev} as glibc and the kernel encode it, 0 unless a device
 * @param xattrs by full name such as {@code security.capability}; values are not to be changed
 */
public record TarEntry(
        String name,
        Type type,
        int mode,
        int uid,
        int gid,
        long size,
        long modified,
        String link,
        long device,
        Map<String, byte[]> xattrs) {
    /** What an entry is. */
    public enum Type {
        /** A regular file with content. */
        FILE(0100000, '0'),
        /** Another name of an earlier entry; its {@code st_mode} is that of a file. */
        HARD_LINK(0100000, '1'),
        /** A symbolic link. */
        LINK(0120000, '2'),
        /** A character device. */
        CHARACTER_DEVICE(0020000, '3'),
        /** A block device. */
        BLOCK_DEVICE(0060000, '4'),
        /** A directory. */
        DIRECTORY(0040000, '5'),
        /** A named pipe. */
        FIFO(0010000, '6');

        private final int fileType;
        private final char flag;

        Type(int fileType, char flag) {
            this.fileType = fileType;
            this.flag = flag;
        }

        /** The type bits of {@code st_mode}. */
        public int fileType() {
            return fileType;
        }

        char flag() {
            return flag;
        }

        /**
         * The type of an {@code st_mode}.
         *
         * @throws ImageFault INVALID_ARGUMENT for a socket, which no tar can hold
         */
        public static Type ofMode(int mode) {
            return switch (mode & 0170000) {
                case 0100000 -> FILE;
                case 0120000 -> LINK;
                case 0020000 -> CHARACTER_DEVICE;
                case 0060000 -> BLOCK_DEVICE;
                case 0040000 -> DIRECTORY;
                case 0010000 -> FIFO;
                default ->
                    throw new ImageFault(
                            io.buildkit4j.footing.Kind.INVALID_ARGUMENT,
                            "a tar cannot hold a file of type " + Integer.toOctalString(mode & 0170000));
            };
        }
    }

    /** A directory or empty file with nothing special, at the epoch. */
    public static TarEntry of(String name, Type type, int mode, long size) {
        return new TarEntry(name, type, mode, 0, 0, size, 0, "", 0, Map.of());
    }

    /** Type and permission bits, as in {@code st_mode}. */
    public int statMode() {
        return type.fileType | mode;
    }

    /** The major number of the device. */
    public int deviceMajor() {
        return (int) (((device >>> 8) & 0xFFF) | ((device >>> 32) & 0xFFFFF000L));
    }

    /** The minor number of the device. */
    public int deviceMinor() {
        return (int) ((device & 0xFF) | ((device >>> 12) & 0xFFFFFF00L));
    }

    /** Both numbers as {@code st_rdev}. */
    public static long device(int major, int minor) {
        long high = Integer.toUnsignedLong(major);
        long low = Integer.toUnsignedLong(minor);
        return ((high & 0xFFF) << 8) | ((high & 0xFFFFF000L) << 32) | (low & 0xFF) | ((low & 0xFFFFFF00L) << 12);
    }
}

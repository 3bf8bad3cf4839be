package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.wire.proto.fsutil.Stat;
import java.util.HashMap;
import java.util.Map;

/** Go's {@code os.FileMode}, which the protocol carries, and Unix's {@code st_mode}. */
public final class StatCodec {
    private static final int GO_DIRECTORY = 1 << 31;
    private static final int GO_LINK = 1 << 27;
    private static final int GO_DEVICE = 1 << 26;
    private static final int GO_PIPE = 1 << 25;
    private static final int GO_SOCKET = 1 << 24;
    private static final int GO_SETUID = 1 << 23;
    private static final int GO_SETGID = 1 << 22;
    private static final int GO_CHARACTER = 1 << 21;
    private static final int GO_STICKY = 1 << 20;

    private static final int[][] BITS = {{GO_SETUID, 04000}, {GO_SETGID, 02000}, {GO_STICKY, 01000}};

    private StatCodec() {}

    static int goMode(int mode) {
        int go = mode & 0777;
        for (int[] pair : BITS) {
            go |= (mode & pair[1]) == 0 ? 0 : pair[0];
        }
        return go
                | switch (mode & 0170000) {
                    case 0040000 -> GO_DIRECTORY;
                    case 0120000 -> GO_LINK;
                    case 0060000 -> GO_DEVICE;
                    case 0020000 -> GO_DEVICE | GO_CHARACTER;
                    case 0010000 -> GO_PIPE;
                    case 0140000 -> GO_SOCKET;
                    default -> 0;
                };
    }

    static int unixMode(int go) {
        int mode = go & 0777;
        for (int[] pair : BITS) {
            mode |= (go & pair[0]) == 0 ? 0 : pair[1];
        }
        return mode | type(go);
    }

    private static int type(int go) {
        if ((go & GO_DIRECTORY) != 0) {
            return 0040000;
        }
        if ((go & GO_LINK) != 0) {
            return 0120000;
        }
        if ((go & GO_DEVICE) != 0) {
            return (go & GO_CHARACTER) == 0 ? 0060000 : 0020000;
        }
        if ((go & GO_PIPE) != 0) {
            return 0010000;
        }
        return (go & GO_SOCKET) == 0 ? 0100000 : 0140000;
    }

    /** As a message. */
    public static Stat encode(FileStat stat) {
        Stat.Builder packed = Stat.newBuilder()
                .setPath(stat.path())
                .setMode(goMode(stat.mode()))
                .setUid(stat.uid())
                .setGid(stat.gid())
                .setSize(stat.size())
                .setModTime(stat.modified())
                .setLinkname(stat.link());
        if (stat.device() != 0) {
            packed.setDevmajor(major(stat.device())).setDevminor(minor(stat.device()));
        }
        for (Map.Entry<String, byte[]> xattr : stat.xattrs().entrySet()) {
            packed.putXattrs(xattr.getKey(), UnsafeByteOperations.unsafeWrap(xattr.getValue()));
        }
        return packed.build();
    }

    public static FileStat decode(Stat stat) {
        int mode = unixMode(stat.getMode());
        int type = mode & 0170000;
        boolean device = type == 0060000 || type == 0020000;
        return new FileStat(
                stat.getPath(),
                mode,
                stat.getUid(),
                stat.getGid(),
                stat.getSize(),
                stat.getModTime(),
                stat.getLinkname(),
                device ? device(stat.getDevmajor(), stat.getDevminor()) : 0,
                xattrs(stat.getXattrsMap()));
    }

    private static Map<String, byte[]> xattrs(Map<String, ByteString> packed) {
        if (packed.isEmpty()) {
            return Map.of();
        }
        Map<String, byte[]> xattrs = new HashMap<>();
        packed.forEach((name, value) -> xattrs.put(name, value.toByteArray()));
        return xattrs;
    }

    private static long major(long device) {
        return ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
    }

    private static long minor(long device) {
        return (device & 0xff) | ((device >>> 12) & 0xffffff00L);
    }

    private static long device(long major, long minor) {
        return ((major & 0xfff) << 8) | ((major & ~0xfffL) << 32) | (minor & 0xff) | ((minor & 0xffffff00L) << 12);
    }
}

package io.buildkit4j.wire;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How a client tells of files that may have other bytes though their size and time are the same: by when their inodes were
 * changed. The daemon asks with a header that other clients pass over; the answer travels as extended attributes of names
 * that no file system has, and is taken off again on arrival. An addition of this project to the protocol.
 */
public final class ChangeMarks {
    static final String HEADER = "buildkit4j-changed-since";

    private static final String OURS = "buildkit4j.";
    private static final String CHANGED = OURS + "changed";
    private static final String WALKED = OURS + "walked";

    private ChangeMarks() {}

    /**
     * An entry and what was marked on it.
     *
     * @param changed its bytes are to be asked for whatever else it says
     * @param walked when the sender began to look, in nanoseconds of its clock: what to ask with the next time
     */
    public record Marked(FileStat stat, boolean changed, OptionalLong walked) {}

    /** The same entry, its bytes to be asked for. */
    public static FileStat changed(FileStat stat) {
        return with(stat, CHANGED, new byte[0]);
    }

    /** The same entry, telling when the walk began that it comes from. */
    public static FileStat walked(FileStat stat, long nanoseconds) {
        return with(
                stat,
                WALKED,
                ByteBuffer.allocate(Long.BYTES).putLong(nanoseconds).array());
    }

    private static FileStat with(FileStat stat, String name, byte[] value) {
        Map<String, byte[]> attributes = new HashMap<>(stat.xattrs());
        attributes.put(name, value);
        return with(stat, attributes);
    }

    private static FileStat with(FileStat stat, Map<String, byte[]> attributes) {
        return new FileStat(
                stat.path(),
                stat.mode(),
                stat.uid(),
                stat.gid(),
                stat.size(),
                stat.modified(),
                stat.link(),
                stat.device(),
                attributes);
    }

    /** Takes the marks off. */
    public static Marked read(FileStat stat) {
        if (stat.xattrs().isEmpty()) {
            return new Marked(stat, false, OptionalLong.empty());
        }
        Map<String, byte[]> attributes = new HashMap<>(stat.xattrs());
        byte[] walked = attributes.remove(WALKED);
        boolean changed = attributes.remove(CHANGED) != null;
        OptionalLong time = walked != null && walked.length == Long.BYTES
                ? OptionalLong.of(ByteBuffer.wrap(walked).getLong())
                : OptionalLong.empty();
        return new Marked(with(stat, attributes), changed, time);
    }
}

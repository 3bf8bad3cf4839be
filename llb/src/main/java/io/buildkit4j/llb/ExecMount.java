package io.buildkit4j.llb;

/** Something that a process sees at a path. Modes are permission bits; ids are those inside the container. */
public sealed interface ExecMount {
    /** What every mount has. */
    MountFrame frame();

    /** Absolute, or relative to the working directory. */
    default String destination() {
        return frame().destination();
    }

    /** Index of the op's input, or {@link Op#NONE}. */
    default int input() {
        return frame().input();
    }

    /** Index of the op's output that the mount becomes, or {@link Op#NONE}. */
    default int output() {
        return frame().output();
    }

    /** A tree; without an input an empty one. */
    record Bind(MountFrame frame) implements ExecMount {}

    /** A directory that stays on this machine from one run to the next. */
    record Cache(MountFrame frame, String id, CacheSharing sharing) implements ExecMount {}

    /**
     * Memory.
     *
     * @param size in bytes; 0 is the kernel's default
     */
    record Tmpfs(MountFrame frame, long size) implements ExecMount {}

    /** A file with a secret of the client. */
    record Secret(MountFrame frame, Grant grant) implements ExecMount {}

    /** A socket of the client's ssh agent. */
    record Ssh(MountFrame frame, Grant grant) implements ExecMount {}

    /** What of the client is granted, and with which owner and mode it appears. */
    record Grant(String id, int uid, int gid, int mode, boolean optional) {}

    /**
     * What every mount has.
     *
     * @param selector a path inside the input; empty for all of it
     * @param resultId names the result for the daemon; usually empty
     */
    record MountFrame(
            int input,
            String selector,
            String destination,
            int output,
            boolean readOnly,
            String resultId,
            ContentCache contentCache) {
        /** A mount that is nothing but a path. */
        public static MountFrame at(String destination) {
            return new MountFrame(Op.NONE, "", destination, Op.NONE, false, "", ContentCache.DEFAULT);
        }
    }

    /** Who else may use a cache directory at the same time. */
    enum CacheSharing {
        /** Everybody. */
        SHARED,
        /** Nobody: each user gets a directory of its own. */
        PRIVATE,
        /** Nobody: they wait. */
        LOCKED
    }

    /** Whether the mount's content may stand for its definition in the cache key. */
    enum ContentCache {
        /** Where that is safe. */
        DEFAULT,
        /** Yes; an error where it is unsafe. */
        ON,
        /** No. */
        OFF
    }
}

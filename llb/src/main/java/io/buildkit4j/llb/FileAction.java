package io.buildkit4j.llb;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One change of a tree. Inputs below the number of the op's inputs are those; the ones above are the results of earlier
 * actions, in order. Times are nanoseconds since 1970, {@link #KEEP_TIME} leaves them as they come.
 */
public sealed interface FileAction {
    /** The time that is no time. */
    long KEEP_TIME = -1;

    /** What every action has. */
    ActionFrame frame();

    /** Copies from the secondary input. A mode of -1 keeps the source's. */
    record Copy(
            ActionFrame frame,
            String source,
            String destination,
            Optional<Owner> owner,
            int mode,
            String symbolicMode,
            CopyTraits traits,
            long timestamp,
            List<String> include,
            List<String> exclude,
            List<String> required)
            implements FileAction {
        /** Lists are copied. */
        public Copy {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
            required = List.copyOf(required);
        }
    }

    /** Writes a file. The bytes are read-only. */
    record MakeFile(ActionFrame frame, String path, int mode, ByteBuffer data, Optional<Owner> owner, long timestamp)
            implements FileAction {
        /** The bytes are copied. */
        public MakeFile {
            data = ByteBuffer.allocate(data.remaining())
                    .put(data.duplicate())
                    .flip()
                    .asReadOnlyBuffer();
        }

        /** The bytes, from their start whoever read them before. */
        @Override
        public ByteBuffer data() {
            return data.duplicate();
        }
    }

    /** Makes a directory. */
    record MakeDirectory(
            ActionFrame frame, String path, int mode, boolean makeParents, Optional<Owner> owner, long timestamp)
            implements FileAction {}

    /** Removes a file or a whole directory. */
    record Remove(ActionFrame frame, String path, boolean allowNotFound, boolean allowWildcard) implements FileAction {}

    /** Makes a symbolic link at {@code path} that says {@code target}. */
    record Symlink(ActionFrame frame, String target, String path, Optional<Owner> owner, long timestamp)
            implements FileAction {}

    /**
     * What every action has.
     *
     * @param input the tree that is changed, or {@link Op#NONE}
     * @param secondaryInput where a copy comes from, or {@link Op#NONE}
     * @param output the op's output that the result becomes, or {@link Op#NONE}
     */
    record ActionFrame(int input, int secondaryInput, int output) {}

    /** The switches of a copy, named as on the wire. */
    record CopyTraits(
            boolean followSymlink,
            boolean directoryContents,
            boolean unpack,
            boolean createDestination,
            boolean allowWildcard,
            boolean allowEmptyWildcard,
            boolean alwaysReplace) {}

    /** Who owns what is made. An absent half is left to the source, or is root. */
    record Owner(Optional<Account> user, Optional<Account> group) {}

    /** A user or a group. */
    sealed interface Account {
        /** Looked up in the passwd or group file of an input, as {@link ActionFrame#input} counts them. */
        record Named(String name, int input) implements Account {}

        /** By number. */
        record Numbered(int id) implements Account {}
    }
}

package io.buildkit4j.store;

import java.util.List;

/**
 * What a look at everything has shown.
 *
 * @param records snapshots that were looked at
 * @param blobs blobs that were read, of {@code bytes} bytes
 */
public record Verification(List<Damage> damages, long records, long blobs, long bytes) {
    /** The list is copied. */
    public Verification {
        damages = List.copyOf(damages);
    }

    /**
     * Something that is lost or altered, and a miss by now.
     *
     * @param id a record's id, or a blob's digest
     * @param what in words
     */
    public record Damage(String id, Kind kind, String what) {}

    /** What can be damaged. */
    public enum Kind {
        /** A snapshot's files. */
        RECORD,
        /** Content. */
        BLOB
    }
}

package io.buildkit4j.client;

import java.util.List;

/**
 * What a daemon found when it looked at everything that it keeps.
 *
 * @param records records whose files were looked at
 * @param blobs blobs that were read, of {@code bytes} bytes
 */
public record Verification(List<Damage> damages, long records, long blobs, long bytes) {
    /** The list is copied. */
    public Verification {
        damages = List.copyOf(damages);
    }

    /**
     * Something that is lost or altered; the daemon uses it no more.
     *
     * @param id a record's id or a blob's digest
     * @param kind {@code record} or {@code blob}
     * @param what in words
     */
    public record Damage(String id, String kind, String what) {}
}

package io.buildkit4j.buildd.history;

/**
 * Something that happened to a record.
 *
 * @param pinned kept until somebody says otherwise
 */
public record HistoryEvent(What what, BuildRecord record, boolean pinned) {
    /** What it was. */
    public enum What {
        /** The build began, and runs. */
        STARTED,
        /** The build has ended, or its record was changed after that. */
        COMPLETE,
        /** The record is gone; of it only the ref is told. */
        DELETED
    }
}

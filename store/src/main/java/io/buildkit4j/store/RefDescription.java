package io.buildkit4j.store;

/** What a record says of itself: a text for people and what kind of record it is. */
public record RefDescription(String text, RecordType type) {
    /** An ordinary result of a step. */
    public static RefDescription regular(String text) {
        return new RefDescription(text, RecordType.REGULAR);
    }
}

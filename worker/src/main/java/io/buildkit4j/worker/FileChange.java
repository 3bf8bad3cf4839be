package io.buildkit4j.worker;

/**
 * How one entry of a directory differs from what it was.
 *
 * @param path from the root of the directory, such as {@code src/main.c}
 * @param before what it was, where that can be said in a word, such as a mode; else empty
 * @param after likewise
 */
public record FileChange(String path, Kind kind, String before, String after) {
    /** What differs; of several the first that applies. */
    public enum Kind {
        /** It was not there. */
        ADDED,
        /** It is not there any more. */
        REMOVED,
        /** It was a file and is a directory, or the like. */
        TYPE,
        /** Its bytes, or where it leads to. */
        CONTENT,
        /** Its permission bits. */
        MODE,
        /** Who owns it. */
        OWNER
    }
}

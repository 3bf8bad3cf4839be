package io.buildkit4j.store;

/** Kinds of records, by the names that clients filter on. */
public enum RecordType {
    /** The result of a step. */
    REGULAR("regular"),
    /** Kept by the daemon for itself. */
    INTERNAL("internal"),
    /** The image of a frontend. */
    FRONTEND("frontend"),
    /** A directory of a client. */
    LOCAL_SOURCE("source.local"),
    /** A git repository or checkout. */
    GIT_CHECKOUT("source.git.checkout"),
    /** A cache mount. */
    CACHE_MOUNT("exec.cachemount");

    private final String wireName;

    RecordType(String wireName) {
        this.wireName = wireName;
    }

    /** The name in usage records and filters. */
    public String wireName() {
        return wireName;
    }
}

package io.buildkit4j.buildd.explain;

/** What kind of difference makes a step run. The names are part of the API. */
public enum CauseKind {
    /** No build like this is remembered, and nothing was found. */
    NEVER_BUILT,
    /** The step was not in the build before. */
    NEW_STEP,
    /** A step before it is not there any more. */
    REMOVED_STEP,
    /** It follows another step than before. */
    REORDERED,
    /** Its text is another one. */
    INSTRUCTION,
    /** An argument of its process. */
    ARGUMENT,
    /** A variable of its environment; build arguments are such. */
    ENVIRONMENT,
    /** Anything else that it says: user, directory, mount, network, platform. */
    SETTING,
    /** Files that the client sent. */
    FILES,
    /** The image that it begins with stands for another digest. */
    BASE_IMAGE,
    /** A commit or a download is another one. */
    SOURCE,
    /** A step below it made other files than before from the same. */
    CONTENT,
    /** Its result was removed by a rule. */
    EVICTED,
    /** Its result is gone, and no rule removed it: deleted, damaged, or lost in a crash. */
    LOST,
    /** The cache was to be ignored. */
    IGNORED,
    /** It did not complete the last time. */
    FAILED_BEFORE,
    /** Nothing that is remembered tells why. */
    UNKNOWN
}

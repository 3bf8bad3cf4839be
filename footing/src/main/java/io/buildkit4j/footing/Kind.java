package io.buildkit4j.footing;

/**
 * What kind of thing went wrong, in containerd's error vocabulary. Every {@link Fault} carries one; the daemon's door
 * maps each to one gRPC status.
 */
public enum Kind {
    /** Nothing more is known. */
    UNKNOWN,
    /** The request itself is wrong and will be wrong when repeated. */
    INVALID_ARGUMENT,
    /** What was named does not exist. */
    NOT_FOUND,
    /** What was to be made exists. */
    ALREADY_EXISTS,
    /** The state of the system forbids it now. */
    FAILED_PRECONDITION,
    /** Past the end of something. */
    OUT_OF_RANGE,
    /** A peer cannot be reached or refuses for now; a repetition may succeed. */
    UNAVAILABLE,
    /** Not done by this daemon. */
    UNIMPLEMENTED,
    /** The caller is known and may not. */
    PERMISSION_DENIED,
    /** The caller is not known. */
    UNAUTHENTICATED,
    /** A limit was reached: space, size, count. */
    RESOURCE_EXHAUSTED,
    /** Lost a race; a repetition may succeed. */
    ABORTED,
    /** Given up on request. */
    CANCELED,
    /** Given up because it took too long. */
    DEADLINE_EXCEEDED,
    /** Bytes are not what they were: a digest or checksum differs. */
    DATA_LOSS,
    /** A promise of this program was broken by this program. */
    INTERNAL
}

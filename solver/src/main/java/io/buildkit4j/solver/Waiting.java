package io.buildkit4j.solver;

/** Somebody who waits or works, while it lasts, for people who wonder why nothing moves. */
interface Waiting {
    /** From any thread. */
    Wait describe();

    /** Nothing has moved for long; tells the client what it could not see otherwise. */
    default void tell() {}
}

package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.image.Platform;

/**
 * Looks for one thing in one file. It is told of the file from its beginning and may remember what it was told; it never
 * throws.
 */
interface Rule {
    Title title();

    /** The file as it is written; the rest is not told of when the file is not understood. */
    default void read(Reading file, Findings found) {}

    /** A stage begins with an image that was made for another or the same platform. */
    default void founded(Stage stage, Platform wanted, Platform made, Findings found) {}

    /** An instruction comes next in its stage. */
    default void reached(Moment moment, Findings found) {}
}

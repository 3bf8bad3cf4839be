package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.image.Platform;
import java.util.Map;

/** Hears what comes of a file as it is described, each thing once. Heard by one thread. */
public interface Observer {
    /** Hears nothing. */
    Observer NOBODY = new Observer() {};

    /** The file was cut into stages. */
    default void cut(Stages stages) {}

    /** A stage begins with an image that was made for a platform; it is used as if made for the one that is wanted. */
    default void founded(Stage stage, Platform wanted, Platform made) {}

    /** An instruction comes next in its stage; stages take turns. */
    default void reached(Moment moment) {}

    /**
     * Where a stage is before an instruction.
     *
     * @param values of variables; a view that is true during the call
     * @param shell whether the shell is another than the default
     */
    record Moment(Stage stage, Instruction instruction, Map<String, String> values, boolean shell) {}
}

package io.buildkit4j.frontend.stage;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.List;
import java.util.Optional;

/**
 * A FROM and what follows it.
 *
 * @param index its place in the file, from 0
 * @param image its base after expansion: an image, {@code scratch} or the name of an earlier stage
 * @param parent the earlier stage that it continues
 */
public record Stage(
        int index, Instruction.From from, String image, Optional<Integer> parent, List<Instruction> instructions) {
    /** The lists are copied. */
    public Stage {
        instructions = List.copyOf(instructions);
    }

    /** The name given, if any. */
    public Optional<String> name() {
        return from.name();
    }

    /** How it is shown. */
    public String label() {
        return name().orElse("stage-" + index);
    }

    /** The same with other instructions. */
    public Stage with(List<Instruction> others) {
        return new Stage(index, from, image, parent, others);
    }
}

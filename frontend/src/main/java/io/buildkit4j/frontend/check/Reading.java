package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Allowance;
import io.buildkit4j.frontend.stage.Substitution;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file as it is written.
 *
 * @param instructions in the order of the file, as far as it is understood
 * @param arguments of the whole file with their values: predefined ones, and those said before the first stage
 * @param defaults the same as they are when the user gives none
 * @param declared names of arguments, be they set or not
 * @param ignored patterns of .dockerignore
 * @param allowance what expanding may still cost
 */
record Reading(
        List<Instruction> instructions,
        char escape,
        Map<String, String> arguments,
        Map<String, String> defaults,
        Set<String> declared,
        List<String> ignored,
        Allowance allowance) {
    /** Nothing is read yet. */
    static final Reading NOTHING =
            new Reading(List.of(), '\\', Map.of(), Map.of(), Set.of(), List.of(), new Allowance());

    /** A text with its variables expanded, and the names that it asked for. */
    record Expansion(Optional<String> text, Set<String> asked) {
        /** The names that are not among these. */
        List<String> without(Set<String> known) {
            return asked.stream().filter(name -> !known.contains(name)).toList();
        }
    }

    List<Instruction.From> stages() {
        return instructions.stream()
                .filter(Instruction.From.class::isInstance)
                .map(Instruction.From.class::cast)
                .toList();
    }

    /** The text is empty where it cannot be expanded: that ends the build, and is no finding. */
    Expansion expand(String text, Map<String, String> values) {
        Set<String> asked = new LinkedHashSet<>();
        Optional<String> expanded = Optional.empty();
        try {
            expanded = Optional.of(new Substitution(values, escape, allowance, asked::add).word(text));
        } catch (FrontendFault impossible) {
            // the build says so
        }
        return new Expansion(expanded, asked);
    }
}

package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.NearestWord;
import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A variable that nobody set is empty. */
final class UndefinedVar implements Rule {
    private static final Title TITLE =
            Title.of("UndefinedVar", "Variables should be defined before their use", "undefined-var");

    /** Arguments that are never in the environment of a step. */
    private static final Set<String> SILENT = Set.of("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE");

    /** Of more variables than this none is looked for that may have been meant. */
    private static final int MANY = 1_000;

    /** Names that a stage has declared, be they set or not. */
    private final Map<Integer, Set<String>> declared = new HashMap<>();

    private char escape;

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        escape = file.escape();
    }

    @Override
    public void reached(Moment moment, Findings found) {
        Set<String> names = declared.computeIfAbsent(
                moment.stage().index(),
                index ->
                        new HashSet<>(moment.stage().parent().map(declared::get).orElse(Set.of())));
        if (moment.instruction() instanceof Instruction.Arg arg) {
            for (Instruction.Argument argument : arg.arguments()) {
                argument.value().ifPresent(text -> check(moment, names, text, found));
                names.add(argument.name());
            }
            return;
        }
        Expanding.texts(moment.instruction()).forEach(text -> check(moment, names, text, found));
    }

    private void check(Moment moment, Set<String> names, String text, Findings found) {
        if (text.indexOf('$') < 0) {
            return;
        }
        Map<String, String> values = moment.values();
        for (String name : Reading.expand(text, values, escape).without(values.keySet())) {
            if (!names.contains(name) && !SILENT.contains(name)) {
                boolean hopeless = values.size() > MANY;
                Optional<String> near = hopeless ? Optional.empty() : NearestWord.within(2, name, values.keySet());
                String message = "Usage of undefined variable '$" + name + "'"
                        + near.map(other -> " (did you mean $" + other + "?)").orElse("");
                found.add(TITLE, moment.instruction().statement(), message, name);
            }
        }
    }
}

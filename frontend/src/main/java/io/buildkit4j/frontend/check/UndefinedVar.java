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
    private final Map<Integer, Names> declared = new HashMap<>();

    private Reading file = Reading.NOTHING;

    private record Names(Set<String> own, Optional<Names> parent) {
        boolean contain(String name) {
            Optional<Names> at = Optional.of(this);
            while (at.isPresent() && !at.get().own.contains(name)) {
                at = at.get().parent;
            }
            return at.isPresent();
        }
    }

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        this.file = file;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        Optional<Names> parent = moment.stage().parent().map(declared::get);
        Names names = declared.computeIfAbsent(moment.stage().index(), index -> new Names(new HashSet<>(), parent));
        if (moment.instruction() instanceof Instruction.Arg arg) {
            for (Instruction.Argument argument : arg.arguments()) {
                argument.value().ifPresent(text -> check(moment, names, text, found));
                names.own.add(argument.name());
            }
            return;
        }
        Expanding.texts(moment.instruction()).forEach(text -> check(moment, names, text, found));
    }

    private void check(Moment moment, Names names, String text, Findings found) {
        if (text.indexOf('$') < 0) {
            return;
        }
        Map<String, String> values = moment.values();
        for (String name : file.expand(text, values).without(values.keySet())) {
            if (!names.contain(name) && !SILENT.contains(name)) {
                boolean hopeless = values.size() > MANY;
                Optional<String> near = hopeless ? Optional.empty() : NearestWord.within(2, name, values.keySet());
                String message = "Usage of undefined variable '$" + name + "'"
                        + near.map(other -> " (did you mean $" + other + "?)").orElse("");
                found.add(TITLE, moment.instruction().statement(), message, name);
            }
        }
    }
}

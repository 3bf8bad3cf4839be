package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.NearestWord;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.InstructionReader;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.SourceMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Build arguments that no ARG takes, where an ARG of nearly the same name goes without: they are told, for they are of no effect. */
public final class UntakenArguments {
    private static final int WRONG = 2;

    private UntakenArguments() {}

    /** Tells the user of each. The file must be one that can be built. */
    public static void tell(Plan.Inputs inputs, Gateway gateway) {
        Set<String> given = inputs.options().buildArgs().keySet();
        if (given.isEmpty()) {
            return;
        }
        Map<String, Statement> open = taken(inputs);
        List<String> untaken = given.stream()
                .filter(name -> !open.containsKey(name))
                .filter(name -> !name.startsWith("BUILDKIT_"))
                .sorted()
                .toList();
        given.forEach(open::remove);
        for (String name : untaken) {
            Optional<String> near = NearestWord.within(Math.min(WRONG, name.length() / 2), name, open.keySet());
            near.flatMap(meant -> Optional.ofNullable(open.get(meant))
                            .map(statement -> warning(inputs, name, meant, statement)))
                    .ifPresent(gateway::warn);
        }
    }

    private static Map<String, Statement> taken(Plan.Inputs inputs) {
        Map<String, Statement> found = new LinkedHashMap<>();
        for (Statement statement : inputs.parsed().statements()) {
            boolean declares = statement.keyword().equals("ARG");
            if (declares
                    && InstructionReader.read(statement, inputs.parsed().escape()) instanceof Instruction.Arg arg) {
                arg.arguments().forEach(argument -> found.putIfAbsent(argument.name(), statement));
            }
        }
        return found;
    }

    private static Gateway.Warning warning(Plan.Inputs inputs, String name, String meant, Statement statement) {
        return new Gateway.Warning(
                "Build argument " + name + " is taken by no ARG (did you mean " + meant + "?)",
                List.of("What no ARG takes has no effect on the build."),
                "",
                inputs.file(),
                inputs.text().length() <= 1 << 20 ? inputs.text() : "",
                List.of(SourceMap.Range.lines(
                        statement.place().first(), statement.place().last())));
    }
}

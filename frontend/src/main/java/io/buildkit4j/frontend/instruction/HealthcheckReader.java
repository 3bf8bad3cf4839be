package io.buildkit4j.frontend.instruction;

import io.buildkit4j.frontend.instruction.Instruction.Pair;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** HEALTHCHECK: its kind, and the command of it, which may be a JSON list. */
final class HealthcheckReader {
    private HealthcheckReader() {}

    static Instruction read(Statement statement) {
        String[] halves = statement.rest().split("\\s+", 2);
        String command = halves.length < 2 ? "" : halves[1];
        List<String> seen = new ArrayList<>();
        List<Pair> options = new ArrayList<>();
        for (Statement.Flag flag : statement.flags()) {
            if (seen.contains(flag.name())) {
                throw statement.fault("duplicate flag specified: --" + flag.name());
            }
            seen.add(flag.name());
            options.add(new Pair(
                    flag.name(),
                    flag.value().orElseThrow(() -> statement.fault("missing a value on flag: --" + flag.name()))));
        }
        return switch (halves[0].toUpperCase(Locale.ROOT)) {
            case "NONE" -> {
                if (!command.isEmpty()) {
                    throw statement.fault("HEALTHCHECK NONE takes no arguments");
                }
                yield new Instruction.Healthcheck(statement, List.of("NONE"), List.of());
            }
            case "CMD" -> new Instruction.Healthcheck(statement, test(statement, command), options);
            case "" -> throw statement.fault("HEALTHCHECK requires at least one argument");
            default ->
                throw statement.fault(
                        "Unknown type \"" + halves[0].toUpperCase(Locale.ROOT) + "\" in HEALTHCHECK (try CMD)");
        };
    }

    private static List<String> test(Statement statement, String command) {
        List<String> words = DockerfileSyntax.parseOne("CMD " + command, statement.place())
                .json()
                .orElse(List.of());
        boolean list = !words.isEmpty() || command.strip().matches("\\[\\s*]");
        if (command.isEmpty() || (list && words.isEmpty())) {
            throw statement.fault("Missing command after HEALTHCHECK CMD");
        }
        List<String> test = new ArrayList<>(List.of(list ? "CMD" : "CMD-SHELL"));
        test.addAll(list ? words : List.of(command));
        return test;
    }
}

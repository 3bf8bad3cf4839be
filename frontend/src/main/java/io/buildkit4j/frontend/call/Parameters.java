package io.buildkit4j.frontend.call;

import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.emit.Observer;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.InstructionReader;
import io.buildkit4j.frontend.stage.Allowance;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What the stages that a target needs let the user give. */
final class Parameters implements Observer {
    private final FrontendOptions options;
    private final DockerfileSyntax.Parsed parsed;
    private final Map<String, Argument> global = new LinkedHashMap<>();
    private final Allowance allowance = new Allowance();
    private final Map<String, Set<String>> behind = new HashMap<>();
    private final Map<String, Argument> arguments = new LinkedHashMap<>();
    private final Map<String, Grant> secrets = new LinkedHashMap<>();
    private final Map<String, Grant> agents = new LinkedHashMap<>();
    private Optional<Stages> stages = Optional.empty();

    record Argument(String name, String value, String description, Statement statement) {}

    record Grant(String name, boolean required, Statement statement) {}

    Parameters(FrontendOptions options, DockerfileSyntax.Parsed parsed) {
        this.options = options;
        this.parsed = parsed;
    }

    @Override
    public void cut(Stages cut) {
        stages = Optional.of(cut);
        for (Statement statement : parsed.statements()) {
            Instruction instruction = InstructionReader.read(statement, parsed.escape());
            if (instruction instanceof Instruction.Arg arg) {
                arg.arguments().forEach(argument -> global(arg, argument, cut));
            } else {
                break;
            }
        }
        List<Stage> needed =
                cut.reachable(target()).stream().map(cut.all()::get).toList();
        List<Statement> heads =
                needed.stream().map(stage -> stage.from().statement()).toList();
        for (Statement statement : parsed.statements()) {
            if (heads.contains(statement)
                    && InstructionReader.read(statement, parsed.escape()) instanceof Instruction.From from) {
                asked(from.image(), cut).forEach(this::use);
                from.platform().ifPresent(text -> asked(text, cut).forEach(this::use));
            }
        }
    }

    private void global(Instruction.Arg arg, Instruction.Argument argument, Stages cut) {
        String name = argument.name();
        argument.value().ifPresent(text -> behind.put(name, asked(text, cut)));
        String value = cut.globals().getOrDefault(name, "");
        global.put(name, new Argument(name, value, described(arg, name), arg.statement()));
    }

    private Set<String> asked(String text, Stages cut) {
        Set<String> names = new LinkedHashSet<>();
        expand(text, cut.globals(), names::add);
        return names;
    }

    private String expand(String text, Map<String, String> values, Consumer<String> asked) {
        try {
            return new Substitution(values, parsed.escape(), allowance, asked).word(text);
        } catch (FrontendFault wrong) {
            return text; // the build says so
        }
    }

    private static String described(Instruction.Arg arg, String name) {
        return Notes.description(arg.statement().margin().comments(), name);
    }

    /** A global argument is a parameter when something makes use of it. */
    private void use(String name) {
        Argument argument = global.get(name);
        if (argument != null && arguments.putIfAbsent(name, argument) == null) {
            behind.getOrDefault(name, Set.of()).forEach(this::use);
        }
    }

    @Override
    public void reached(Moment moment) {
        switch (moment.instruction()) {
            case Instruction.Arg arg -> arg.arguments().forEach(argument -> declared(arg, argument, moment.values()));
            case Instruction.Run run -> run.mounts().forEach(mount -> mounted(run, mount, moment.values()));
            default -> {}
        }
    }

    private void declared(Instruction.Arg arg, Instruction.Argument argument, Map<String, String> values) {
        String name = argument.name();
        Optional<String> given = Optional.ofNullable(options.buildArgs().get(name));
        if (argument.value().isEmpty() && given.isEmpty() && global.containsKey(name)) {
            use(name);
            return;
        }
        Set<String> asked = new HashSet<>();
        String value = given.or(() -> argument.value().map(text -> expand(text, values, asked::add)))
                .or(() -> stages.map(cut -> cut.globals().get(name)))
                .orElse("");
        arguments.putIfAbsent(name, new Argument(name, value, described(arg, name), arg.statement()));
    }

    private void mounted(Instruction.Run run, Instruction.RunMount mount, Map<String, String> values) {
        boolean required = mount.flag("required");
        String id = mount.option("source", "src")
                .or(() -> mount.option("id"))
                .map(text -> expand(text, values, name -> {}))
                .orElse("");
        switch (mount.type()) {
            case "secret" -> {
                String target =
                        expand(mount.option("target", "dst", "destination").orElse(""), values, name -> {});
                String name = id.isEmpty() ? target.substring(target.lastIndexOf('/') + 1) : id;
                secrets.putIfAbsent(name, new Grant(name, required, run.statement()));
            }
            case "ssh" -> {
                String name = id.isEmpty() ? "default" : id;
                agents.putIfAbsent(name, new Grant(name, required, run.statement()));
            }
            default -> {}
        }
    }

    Stage target() {
        return stages.orElseThrow().target(options.target());
    }

    List<Argument> arguments() {
        return sorted(arguments.values().stream().toList(), Argument::statement);
    }

    List<Grant> secrets() {
        return sorted(secrets.values().stream().toList(), Grant::statement);
    }

    List<Grant> agents() {
        return sorted(agents.values().stream().toList(), Grant::statement);
    }

    private static <T> List<T> sorted(List<T> all, java.util.function.Function<T, Statement> statement) {
        List<T> sorted = new ArrayList<>(all);
        sorted.sort(
                Comparator.comparingInt(each -> statement.apply(each).place().first()));
        return sorted;
    }
}

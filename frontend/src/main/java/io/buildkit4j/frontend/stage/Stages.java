package io.buildkit4j.frontend.stage;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.instruction.InstructionReader;
import io.buildkit4j.frontend.instruction.Spelling;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.image.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** All stages of a file, and what was said before the first. */
public final class Stages {
    private final List<Stage> stages;
    private final SortedMap<String, String> globals;
    private final Map<String, Integer> names;
    private final Allowance allowance;

    private Stages(
            List<Stage> stages, SortedMap<String, String> globals, Map<String, Integer> names, Allowance allowance) {
        this.stages = stages;
        this.globals = globals;
        this.names = names;
        this.allowance = allowance;
    }

    /**
     * Cuts a file into stages.
     *
     * @param predefined values that hold before the first line, such as platforms
     * @param given values of build arguments
     */
    public static Stages of(DockerfileSyntax.Parsed parsed, Map<String, String> predefined, Map<String, String> given) {
        SortedMap<String, String> globals = new TreeMap<>(predefined);
        List<Stage> stages = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        List<Instruction> current = new ArrayList<>();
        Allowance allowance = new Allowance();
        for (Statement statement : parsed.statements()) {
            Instruction instruction = InstructionReader.read(statement, parsed.escape());
            if (instruction instanceof Instruction.From from) {
                close(stages, current);
                open(stages, names, from, new Substitution(globals, parsed.escape(), allowance));
            } else if (!stages.isEmpty()) {
                current.add(instruction);
            } else if (instruction instanceof Instruction.Arg arg) {
                declare(arg, globals, given, new Substitution(globals, parsed.escape(), allowance));
            } else {
                throw statement.blame(
                        "no build stage in current context: " + statement.keyword() + " needs a FROM before it");
            }
        }
        close(stages, current);
        if (stages.isEmpty()) {
            throw new FrontendFault(Kind.INVALID_ARGUMENT, "dockerfile contains no stages to build: it needs a FROM");
        }
        return new Stages(stages, globals, names, allowance);
    }

    private static void close(List<Stage> stages, List<Instruction> current) {
        if (!stages.isEmpty()) {
            stages.set(stages.size() - 1, stages.getLast().with(current));
        }
        current.clear();
    }

    private static void open(
            List<Stage> stages, Map<String, Integer> names, Instruction.From from, Substitution values) {
        Statement statement = from.statement();
        String image = blame(statement, () -> values.word(from.image()));
        if (image.isEmpty()) {
            throw statement.blame("base name (" + from.image() + ") should not be blank");
        }
        Optional<Integer> parent = Optional.ofNullable(names.get(image.toLowerCase(Locale.ROOT)));
        Optional<String> platform =
                from.platform().map(text -> blame(statement, () -> platform(values.word(text), text)));
        Instruction.From expanded = new Instruction.From(statement, image, from.name(), platform);
        stages.add(new Stage(stages.size(), expanded, image, parent, List.of()));
        from.name().ifPresent(name -> names.put(name, stages.size() - 1));
    }

    private static String platform(String text, String written) {
        if (text.isEmpty()) {
            throw new FrontendFault(Kind.INVALID_ARGUMENT, "empty platform value from expression " + written);
        }
        try {
            Platform.parse(text);
            return text;
        } catch (Fault wrong) {
            throw new FrontendFault(
                    Kind.INVALID_ARGUMENT, "failed to parse platform " + written + ": " + wrong.getMessage(), wrong);
        }
    }

    /**
     * Adds arguments that are said before the first stage.
     *
     * @param given values that count instead of the file's
     * @param values expands with those arguments
     */
    public static void declare(
            Instruction.Arg arg, SortedMap<String, String> globals, Map<String, String> given, Substitution values) {
        for (Instruction.Argument argument : arg.arguments()) {
            String override = given.get(argument.name());
            if (override != null) {
                globals.put(argument.name(), override);
            } else {
                argument.value()
                        .ifPresent(value ->
                                globals.put(argument.name(), blame(arg.statement(), () -> values.word(value))));
            }
        }
    }

    /** Runs an expansion; what goes wrong in it is the line's fault. */
    public static String blame(Statement statement, java.util.function.Supplier<String> expansion) {
        try {
            return expansion.get();
        } catch (DockerfileFault placed) {
            throw placed;
        } catch (FrontendFault fault) {
            throw new DockerfileFault(statement.place(), fault.getMessage(), fault);
        }
    }

    /** In the order of the file. */
    public List<Stage> all() {
        return stages;
    }

    /** Arguments said before the first stage, and predefined ones. */
    public SortedMap<String, String> globals() {
        return globals;
    }

    /** What the expansions of the file may still cost. */
    public Allowance allowance() {
        return allowance;
    }

    /** The names that stages have, in lower case. */
    public Set<String> names() {
        return Set.copyOf(names.keySet());
    }

    /** The stage of this name, wherever it is. */
    public Optional<Stage> named(String name) {
        return Optional.ofNullable(names.get(name.toLowerCase(Locale.ROOT))).map(stages::get);
    }

    /** The stage of this name or number, of those before another. */
    public Optional<Stage> find(String name, int before) {
        Integer index = names.get(name.toLowerCase(Locale.ROOT));
        if (index == null && name.matches("\\d{1,6}")) {
            index = Integer.parseInt(name);
        }
        return index != null && index >= 0 && index < before ? Optional.of(stages.get(index)) : Optional.empty();
    }

    /**
     * The stage to build; the last where none is named.
     *
     * @throws FrontendFault NOT_FOUND with the nearest name
     */
    public Stage target(String name) {
        if (name.isEmpty()) {
            return stages.getLast();
        }
        return find(name, stages.size())
                .orElseThrow(() -> new FrontendFault(
                        Kind.NOT_FOUND,
                        "target stage \"" + name + "\" could not be found"
                                + Spelling.suggestion(name.toLowerCase(Locale.ROOT), names.keySet(), "")));
    }

    /** What a stage needs, itself included, by their numbers. */
    public SortedSet<Integer> reachable(Stage target) {
        return reachable(target, stage -> false);
    }

    /**
     * The same, except that some stages need nothing.
     *
     * @param replaced whether something else stands for a stage
     */
    public SortedSet<Integer> reachable(Stage target, Predicate<Stage> replaced) {
        SortedSet<Integer> found = new TreeSet<>();
        NavigableSet<Integer> open = new TreeSet<>(List.of(target.index()));
        while (!open.isEmpty()) {
            Stage stage = stages.get(Objects.requireNonNull(open.pollLast()));
            if (found.add(stage.index()) && !replaced.test(stage)) {
                stage.parent().ifPresent(open::add);
                sources(stage).forEach(open::add);
            }
        }
        return found;
    }

    /** The earlier stages that a stage takes files from. */
    private List<Integer> sources(Stage stage) {
        return stage.instructions().stream()
                .flatMap(instruction -> references(instruction).stream())
                .flatMap(name -> find(name, stage.index()).stream())
                .map(Stage::index)
                .toList();
    }

    /** Names of stages or images that an instruction takes files from. */
    public static List<String> references(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Copy copy -> copy.from().stream().toList();
            case Instruction.Run run ->
                run.mounts().stream()
                        .flatMap(mount -> mount.option("from").stream())
                        .toList();
            case Instruction.Add _,
                    Instruction.Arg _,
                    Instruction.Cmd _,
                    Instruction.Entrypoint _,
                    Instruction.Env _,
                    Instruction.Expose _,
                    Instruction.From _,
                    Instruction.Healthcheck _,
                    Instruction.Label _,
                    Instruction.Maintainer _,
                    Instruction.Onbuild _,
                    Instruction.Shell _,
                    Instruction.Stopsignal _,
                    Instruction.User _,
                    Instruction.Volume _,
                    Instruction.Workdir _ -> List.of();
        };
    }
}

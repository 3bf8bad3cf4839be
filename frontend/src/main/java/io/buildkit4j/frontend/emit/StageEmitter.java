package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One stage, instruction by instruction. */
final class StageEmitter {
    static final String COMMAND = "com.docker.dockerfile.v1.command";

    /** Arguments that speak to attestations, not to steps. */
    private static final Set<String> NO_VARIABLES = Set.of("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE");

    private final Plan plan;
    private final Stage stage;
    private final Plan.Start start;
    private final int triggers;
    private final ImageDraft image;
    private final Map<String, String> values;
    private final List<String> arguments;
    private final StepNames names;
    private State state;
    private boolean commandSet;
    private boolean changed = true;
    private boolean settled;
    private long letters;
    private boolean triggered;

    /** The first instructions may be triggers of the base. */
    StageEmitter(Plan plan, Stage stage, Plan.Start start, int triggers) {
        this.plan = plan;
        this.stage = stage;
        this.start = start;
        this.triggers = triggers;
        this.image = start.image();
        this.state = start.state();
        this.values = start.values();
        this.arguments = start.arguments();
        values.forEach((name, value) -> letters += name.length() + value.length());
        boolean pulls = stage.parent().isEmpty() && !stage.image().equals("scratch");
        long steps = stage.instructions().stream()
                .skip(triggers)
                .filter(StageEmitter::isStep)
                .count();
        boolean several = plan.inputs().options().multiPlatformResult();
        this.names = new StepNames(
                stage,
                plan.isLabelledStage(),
                several ? Optional.of(start.platform()) : Optional.empty(),
                (int) steps + triggers + (pulls ? 1 : 0));
    }

    private static boolean isStep(Instruction instruction) {
        return instruction instanceof Instruction.Run
                || instruction instanceof Instruction.Copy
                || instruction instanceof Instruction.Add
                || instruction instanceof Instruction.Workdir;
    }

    StageResult emit() throws InterruptedException {
        begin();
        int number = 0;
        for (Instruction instruction : stage.instructions()) {
            triggered = number++ < triggers;
            boolean shell = image.config().has("Shell");
            plan.observer().reached(new Observer.Moment(stage, instruction, values, shell));
            emit(instruction);
        }
        return new StageResult(state, image, arguments, values, settled, start.platform(), Optional.empty());
    }

    private void begin() {
        if (!start.pinned().isEmpty()) {
            Statement from = stage.from().statement();
            StepNote note = StepNote.named(names.next(Map.of()) + "FROM " + start.pinned())
                    .withDescription(COMMAND, from.original())
                    .at(plan.written(from.place()));
            state = plan.surrounded(plan.bases().named(start.pinned(), start.platform(), note));
        }
        state = state.platform(start.platform());
        image.config().remove("OnBuild");
        image.path();
        if (!start.settled()) {
            image.variables(this::set);
        }
        settled = true;
        String hostname = plan.inputs().options().hostname();
        state = hostname.isEmpty() ? state : state.hostname(hostname);
        image.text("WorkingDir").filter(text -> !text.isEmpty()).ifPresent(path -> state = state.directory(path));
        image.text("User").filter(text -> !text.isEmpty()).ifPresent(user -> state = state.user(user));
    }

    private void set(String name, String value) {
        String before = values.remove(name);
        letters += name.length() + value.length() - (before == null ? 0 : name.length() + before.length());
        values.put(name, value);
        settled &= before == null;
        changed = true;
    }

    private void history(String text, boolean layer) {
        image.history(text, layer, plan.epoch());
    }

    // departs from MethodLength: one case for each instruction, and splitting would hide the table
    private void emit(Instruction instruction) throws InterruptedException {
        Statement statement = instruction.statement();
        switch (instruction) {
            case Instruction.Run run -> RunEmitter.emit(this, run);
            case Instruction.Copy copy -> CopyEmitter.copy(this, copy);
            case Instruction.Add add -> CopyEmitter.add(this, add);
            case Instruction.Workdir workdir -> workdir(workdir);
            case Instruction.Arg arg -> argument(arg);
            case Instruction.Env env -> {
                List<String> texts = new ArrayList<>();
                for (Instruction.Pair pair : expanded(statement, env.pairs())) {
                    set(pair.name(), pair.value());
                    image.variable(pair.name(), pair.value());
                    texts.add(pair.name() + "=" + pair.value());
                }
                history("ENV " + String.join(" ", texts), false);
            }
            case Instruction.Label label -> {
                List<String> texts = new ArrayList<>();
                for (Instruction.Pair pair : expanded(statement, label.pairs())) {
                    image.label(pair.name(), pair.value());
                    texts.add(pair.name() + "=" + pair.value());
                }
                history("LABEL " + String.join(" ", texts), false);
            }
            case Instruction.Cmd cmd -> {
                List<String> words = words(cmd.command());
                image.texts("Cmd", words);
                image.config().addProperty("ArgsEscaped", true);
                commandSet = true;
                history("CMD " + Quoted.list(words), false);
            }
            case Instruction.Entrypoint entrypoint -> {
                List<String> words = words(entrypoint.command());
                image.texts("Entrypoint", words);
                if (!commandSet) {
                    image.config().remove("Cmd");
                }
                history("ENTRYPOINT " + Quoted.list(words), false);
            }
            case Instruction.User user -> {
                String name = expand(statement, user.user());
                state = state.user(name);
                image.config().addProperty("User", name);
                history("USER " + name, false);
            }
            case Instruction.Expose expose -> {
                List<String> ports = expose.ports().stream()
                        .sorted()
                        .flatMap(port -> Ports.read(statement, expand(statement, port)).stream())
                        .toList();
                ports.forEach(port -> image.member("ExposedPorts", port));
                history("EXPOSE [" + String.join(" ", ports) + "]", false);
            }
            case Instruction.Volume volume -> {
                List<String> paths = volume.paths().stream()
                        .map(path -> expand(statement, path))
                        .toList();
                if (paths.contains("")) {
                    throw statement.blame("VOLUME specified can not be an empty string");
                }
                paths.forEach(path -> image.member("Volumes", path));
                history("VOLUME [" + String.join(" ", paths) + "]", false);
            }
            case Instruction.Stopsignal signal -> {
                String name = expand(statement, signal.signal());
                if (!Signals.isKnown(name)) {
                    throw statement.blame("invalid signal: " + name);
                }
                image.config().addProperty("StopSignal", name);
                history("STOPSIGNAL " + name, false);
            }
            case Instruction.Shell shell -> {
                image.texts("Shell", shell.words());
                history("SHELL [" + String.join(" ", shell.words()) + "]", false);
            }
            case Instruction.Healthcheck check -> {
                Healthchecks read = new Healthchecks(check);
                image.config().add("Healthcheck", read.json());
                history(read.history(), false);
            }
            case Instruction.Onbuild onbuild -> image.append("OnBuild", onbuild.trigger());
            case Instruction.Maintainer maintainer -> {
                image.author(maintainer.name());
                history("MAINTAINER " + maintainer.name(), false);
            }
            case Instruction.From from -> throw from.statement().fault("FROM inside of a stage");
        }
    }

    private void workdir(Instruction.Workdir workdir) {
        Statement statement = workdir.statement();
        state = state.directory(expand(statement, workdir.path()));
        spend(statement, state.directory().length());
        image.config().addProperty("WorkingDir", state.directory());
        boolean made = !state.directory().equals("/");
        if (made) {
            long time = plan.epoch()
                    .map(instant -> instant.getEpochSecond() * 1_000_000_000L)
                    .orElse(FileAction.KEEP_TIME);
            StepNote note =
                    StepNote.named(name(shown(statement.original(), true))).at(plan.written(statement.place()));
            state = state.file(
                    FileSteps.begin().then(Owners.directory(state.directory(), user(), time), State.scratch()), note);
        }
        history("WORKDIR " + state.directory(), made);
    }

    String user() {
        return image.text("User").orElse("");
    }

    private void argument(Instruction.Arg arg) {
        List<String> texts = new ArrayList<>();
        for (Instruction.Argument argument : arg.arguments()) {
            String name = argument.name();
            Optional<String> value = Optional.ofNullable(plan.arguments().get(name))
                    .or(() -> argument.value().map(text -> expand(arg.statement(), text)))
                    .or(() -> Optional.ofNullable(plan.stages().globals().get(name)));
            if (!NO_VARIABLES.contains(name)) {
                value.ifPresent(text -> set(name, text));
                settled = false;
            }
            arguments.add(name + "=" + value.orElse(""));
            texts.add(value.map(text -> name + "=" + text).orElse(name));
        }
        history("ARG " + String.join(" ", texts), false);
    }

    /** What a step is told beside its words, as its history has it. */
    String argumentText() {
        Map<String, String> told = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = argument.substring(0, equals);
            told.put(name, values.getOrDefault(name, argument.substring(equals + 1)));
        }
        StringBuilder text = new StringBuilder(told.isEmpty() ? "" : "|" + told.size() + " ");
        told.forEach(
                (name, value) -> text.append(name).append('=').append(value).append(' '));
        return text.toString();
    }

    private List<String> words(Instruction.CommandLine command) {
        return command.shell() && !command.words().isEmpty()
                ? shell(command.words().getFirst())
                : command.words();
    }

    List<String> shell(String line) {
        List<String> words = image.texts("Shell");
        if (words.isEmpty()) {
            words.addAll(List.of("/bin/sh", "-c"));
        }
        words.add(line);
        return words;
    }

    String expand(Statement statement, String text) {
        return Stages.blame(
                statement,
                () -> substitution(values, plan.inputs().parsed().escape()).word(text));
    }

    String expandText(Statement statement, String text) {
        return Stages.blame(statement, () -> substitution(values, '\\').text(text));
    }

    /** All with the values from before the instruction. */
    private List<Instruction.Pair> expanded(Statement statement, List<Instruction.Pair> pairs) {
        return pairs.stream()
                .map(pair -> new Instruction.Pair(expand(statement, pair.name()), expand(statement, pair.value())))
                .toList();
    }

    private Substitution substitution(Map<String, String> with, char escape) {
        return new Substitution(with, escape, plan.stages().allowance());
    }

    /** A text for people, cut into words as COPY is or left as RUN leaves it. */
    String shown(String text, boolean words) {
        return StepNames.shown(text, substitution(values, plan.inputs().parsed().escape()), words);
    }

    /** The same with some variables that are not to be seen. */
    String shown(String text, Set<String> hidden) {
        if (hidden.isEmpty()) {
            return shown(text, false);
        }
        Map<String, String> masked = new LinkedHashMap<>(values);
        hidden.forEach(name -> masked.put(name, "****"));
        return StepNames.shown(text, substitution(masked, plan.inputs().parsed().escape()), false);
    }

    /** The next step's name. */
    String name(String text) {
        return names.next(values) + (triggered ? "ONBUILD " : "") + text;
    }

    /** The name of another part of the same step. */
    String sameName(String text) {
        return names.bracket(values) + (triggered ? "ONBUILD " : "") + text;
    }

    /** What is said about a step that changes files or runs something. */
    StepNote note(String name, Statement statement) {
        return StepNote.named(name).withIgnoreCache(ignoresCache()).at(plan.written(statement.place()));
    }

    private boolean ignoresCache() {
        return plan.inputs()
                .options()
                .noCache()
                .map(listed -> listed.isEmpty()
                        || stage.name()
                                .filter(own -> listed.stream().anyMatch(own::equalsIgnoreCase))
                                .isPresent())
                .orElse(false);
    }

    Plan plan() {
        return plan;
    }

    Stage stage() {
        return stage;
    }

    State state() {
        return state;
    }

    boolean isSet(String variable) {
        return values.containsKey(variable);
    }

    private void spend(Statement statement, long more) {
        Stages.blame(statement, () -> {
            plan.stages().allowance().letters(more);
            return "";
        });
    }

    /** The state with its variables, for a process: each process is told all of them. */
    State ready(Statement statement) {
        spend(statement, letters);
        state = changed ? state.environment(values) : state;
        changed = false;
        return state;
    }

    void state(State next) {
        state = next;
    }

    ImageDraft image() {
        return image;
    }

    void made(String text) {
        history(text + " # buildkit", true);
    }
}

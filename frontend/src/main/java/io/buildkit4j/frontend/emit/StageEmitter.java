package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.frontend.stage.Stages;
import io.buildkit4j.frontend.stage.Substitution;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One stage, instruction by instruction. */
final class StageEmitter {
    private final Plan plan;
    private final Stage stage;
    private State state = State.scratch();
    private ImageDraft image;
    private final SortedMap<String, String> values = new TreeMap<>();
    private final List<String> arguments = new ArrayList<>();
    private boolean commandSet;
    private int index;
    private final int total;

    StageEmitter(Plan plan, Stage stage) throws InterruptedException {
        this.plan = plan;
        this.stage = stage;
        Plan.Base start = plan.start(stage);
        this.image = start.image();
        this.state = start.state();
        boolean pulls = stage.parent().isEmpty() && !start.state().isScratch();
        int steps =
                (int) stage.instructions().stream().filter(StageEmitter::isStep).count();
        this.total = steps + (pulls ? 1 : 0);
    }

    private static boolean isStep(Instruction instruction) {
        return instruction instanceof Instruction.Run
                || instruction instanceof Instruction.Copy
                || instruction instanceof Instruction.Add
                || instruction instanceof Instruction.Workdir;
    }

    StageResult emit() throws InterruptedException {
        begin();
        for (Instruction instruction : stage.instructions()) {
            boolean shell = image.config().has("Shell");
            plan.observer().reached(new Observer.Moment(stage, instruction, values, shell));
            emit(instruction);
        }
        return new StageResult(state, image, List.copyOf(arguments), new TreeMap<>(values));
    }

    private void begin() throws InterruptedException {
        boolean pulls = stage.parent().isEmpty() && !state.isScratch();
        if (pulls) {
            state = BaseNames.renamed(
                    state, note("FROM " + stage.image(), stage.from().statement()));
        } else if (stage.parent().isPresent()) {
            StageResult parent =
                    plan.result(plan.stages().all().get(stage.parent().get()));
            arguments.addAll(parent.arguments());
            values.putAll(parent.values());
        }
        image.config().remove("OnBuild");
        for (String variable : image.texts("Env")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                set(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        if (!values.containsKey("PATH")) {
            state = state.addEnvironment("PATH", ImageDraft.DEFAULT_PATH);
        }
        state = state.directory(
                image.text("WorkingDir").filter(text -> !text.isEmpty()).orElse("/"));
        state = state.user(image.text("User").orElse(""));
        plan.inputs().options().extraHosts().forEach(host -> state = state.addHost(host.host(), host.address()));
        plan.inputs().options().ulimits().forEach(limit -> state = state.addUlimit(limit));
        String hostname = plan.inputs().options().hostname();
        state = hostname.isEmpty() ? state : state.hostname(hostname);
    }

    private void set(String name, String value) {
        values.put(name, value);
        state = state.addEnvironment(name, value);
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
                SortedMap<String, String> before = new TreeMap<>(values);
                for (Instruction.Pair pair : env.pairs()) {
                    String name = expand(statement, pair.name(), before);
                    String value = expand(statement, pair.value(), before);
                    set(name, value);
                    image.variable(name, value);
                    texts.add(name + "=" + value);
                }
                image.history("ENV " + String.join(" ", texts), false);
            }
            case Instruction.Label label -> {
                List<String> texts = new ArrayList<>();
                for (Instruction.Pair pair : label.pairs()) {
                    String name = expand(statement, pair.name());
                    String value = expand(statement, pair.value());
                    image.label(name, value);
                    texts.add(name + "=" + value);
                }
                image.history("LABEL " + String.join(" ", texts), false);
            }
            case Instruction.Cmd cmd -> {
                List<String> words = words(cmd.command());
                image.texts("Cmd", words);
                commandSet = true;
                image.history("CMD " + Quoted.list(words), false);
            }
            case Instruction.Entrypoint entrypoint -> {
                List<String> words = words(entrypoint.command());
                image.texts("Entrypoint", words);
                if (!commandSet) {
                    image.config().remove("Cmd");
                }
                image.history("ENTRYPOINT " + Quoted.list(words), false);
            }
            case Instruction.User user -> {
                String name = expand(statement, user.user());
                state = state.user(name);
                image.config().addProperty("User", name);
                image.history("USER " + name, false);
            }
            case Instruction.Expose expose -> {
                List<String> ports = expose.ports().stream()
                        .flatMap(port -> Ports.read(statement, expand(statement, port)).stream())
                        .toList();
                ports.forEach(port -> image.member("ExposedPorts", port));
                image.history("EXPOSE [" + String.join(" ", ports) + "]", false);
            }
            case Instruction.Volume volume -> {
                List<String> paths = volume.paths().stream()
                        .map(path -> expand(statement, path))
                        .toList();
                paths.forEach(path -> image.member("Volumes", path));
                image.history("VOLUME [" + String.join(" ", paths) + "]", false);
            }
            case Instruction.Stopsignal signal -> {
                String name = expand(statement, signal.signal());
                image.config().addProperty("StopSignal", name);
                image.history("STOPSIGNAL " + name, false);
            }
            case Instruction.Shell shell -> {
                image.texts("Shell", shell.words());
                image.history("SHELL [" + String.join(" ", shell.words()) + "]", false);
            }
            case Instruction.Healthcheck check -> {
                image.config().add("Healthcheck", Healthchecks.json(check));
                image.history("HEALTHCHECK " + Quoted.list(check.test()), false);
            }
            case Instruction.Onbuild onbuild -> {
                List<String> triggers = image.texts("OnBuild");
                triggers.add(onbuild.trigger());
                image.texts("OnBuild", triggers);
                image.history("ONBUILD " + onbuild.trigger(), false);
            }
            case Instruction.Maintainer maintainer -> {
                image.author(maintainer.name());
                image.history("MAINTAINER " + maintainer.name(), false);
            }
            case Instruction.From from -> throw from.statement().fault("FROM inside of a stage");
        }
    }

    private void workdir(Instruction.Workdir workdir) {
        String path = expand(workdir.statement(), workdir.path());
        StepNote note = note(workdir.statement());
        state = state.directory(path);
        image.config().addProperty("WorkingDir", state.directory());
        boolean made = !state.directory().equals("/");
        if (made) {
            state = state.file(
                    FileSteps.begin().then(Owners.directory(state.directory(), user()), State.scratch()), note);
        }
        image.history("WORKDIR " + state.directory(), made);
    }

    String user() {
        return image.text("User").orElse("");
    }

    private void argument(Instruction.Arg arg) {
        List<String> texts = new ArrayList<>();
        for (Instruction.Argument argument : arg.arguments()) {
            String name = expand(arg.statement(), argument.name());
            Map<String, String> given = plan.inputs().options().buildArgs();
            Optional<String> fallback = argument.value()
                    .map(value -> expand(arg.statement(), value))
                    .or(() -> Optional.ofNullable(plan.stages().globals().get(name)));
            Optional<String> value = Optional.ofNullable(given.get(name)).or(() -> fallback);
            value.ifPresent(text -> {
                set(name, text);
                arguments.removeIf(known -> known.startsWith(name + "="));
                arguments.add(name + "=" + text);
            });
            texts.add(value.map(text -> name + "=" + text).orElse(name));
        }
        image.history("ARG " + String.join(" ", texts), false);
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
        return expand(statement, text, values);
    }

    String expandText(Statement statement, String text) {
        return Stages.blame(
                statement, () -> new Substitution(values, plan.inputs().parsed().escape()).text(text));
    }

    private String expand(Statement statement, String text, Map<String, String> with) {
        return Stages.blame(
                statement, () -> new Substitution(with, plan.inputs().parsed().escape()).word(text));
    }

    StepNote note(Statement statement) {
        return note(statement.original(), statement);
    }

    private StepNote note(String text, Statement statement) {
        index++;
        int width = String.valueOf(total).length();
        StringBuilder name = new StringBuilder("[");
        if (plan.inputs().options().platforms().size() > 1) {
            name.append(PlatformNames.format(plan.target())).append(' ');
        }
        if (plan.stages().all().size() > 1 || stage.name().isPresent()) {
            name.append(stage.label()).append(' ');
        }
        name.append(String.format(Locale.ROOT, "%" + width + "d/%d] ", index, total))
                .append(text.replace('\n', ' '));
        return StepNote.named(name.toString()).withIgnoreCache(ignoresCache()).at(plan.written(statement.place()));
    }

    private boolean ignoresCache() {
        return plan.inputs()
                .options()
                .noCache()
                .map(names ->
                        names.isEmpty() || stage.name().filter(names::contains).isPresent())
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

    void state(State next) {
        state = next;
    }

    ImageDraft image() {
        return image;
    }

    List<String> arguments() {
        return arguments;
    }
}

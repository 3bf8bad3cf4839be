package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Heredoc;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** RUN. */
final class RunEmitter {
    private static final String PIPES = "/dev/pipes/";

    private final StageEmitter stage;
    private final Statement statement;
    private final FrontendOptions options;

    private RunEmitter(StageEmitter stage, Statement statement) {
        this.stage = stage;
        this.statement = statement;
        this.options = stage.plan().inputs().options();
    }

    static void emit(StageEmitter stage, Instruction.Run run) throws InterruptedException {
        new RunEmitter(stage, run.statement()).emit(run);
    }

    private void emit(Instruction.Run instruction) throws InterruptedException {
        Optional<Heredoc> script = script(instruction.command());
        Run run = command(instruction.command(), script);
        if (run.args().isEmpty()) {
            throw statement.blame("arguments are required: RUN [] names no program");
        }
        RunMounts mounts = new RunMounts(stage, instruction);
        String shown = stage.shown(
                statement.original() + script.map(RunEmitter::summary).orElse(""), mounts.variables());
        StepNote note =
                stage.note(stage.name(shown), statement).withDescription(StageEmitter.COMMAND, statement.original());
        StepNote limited = options.limits().resources().map(note::withResources).orElse(note);
        String words = String.join(" ", run.args());
        Run confined = proxied(confined(mounts.add(run), instruction));
        stage.state(stage.ready(statement).run(confined, limited).root());
        stage.made("RUN " + stage.argumentText() + words);
    }

    /** A text that is all of the instruction: a script for its interpreter, or for the shell. */
    private Optional<Heredoc> script(Instruction.CommandLine command) {
        boolean alone = command.shell()
                && !statement.heredocs().isEmpty()
                && Heredoc.announced(command.words().getFirst()).isPresent();
        return alone ? Optional.of(statement.heredocs().getFirst()) : Optional.empty();
    }

    private static String summary(Heredoc script) {
        String[] lines = script.content().strip().split("\r?\n", 2);
        return " (" + lines[0] + (lines.length > 1 ? "..." : "") + ")";
    }

    private Run command(Instruction.CommandLine command, Optional<Heredoc> script) {
        if (!command.shell()) {
            return Run.args(command.words());
        }
        if (script.isPresent()) {
            return script(script.get());
        }
        StringBuilder line = new StringBuilder(command.words().getFirst());
        statement
                .heredocs()
                .forEach(here -> line.append('\n').append(here.content()).append(here.name()));
        return Run.args(stage.shell(line.toString()));
    }

    private Run script(Heredoc script) {
        String text = script.text();
        if (!text.startsWith("#!")) {
            return Run.args(stage.shell(text));
        }
        State file = State.scratch()
                .file(
                        FileSteps.begin().makeFile("/" + script.name(), 0755, text.getBytes(StandardCharsets.UTF_8)),
                        StepNote.named("[internal] preparing inline document"));
        return Run.args(PIPES + script.name()).mountReadOnly(PIPES, file);
    }

    private Run confined(Run run, Instruction.Run instruction) {
        Op.NetworkMode network = switch (instruction.network()) {
            case "none" -> Op.NetworkMode.NONE;
            case "host" -> Op.NetworkMode.HOST;
            default -> options.network().orElse(Op.NetworkMode.DEFAULT);
        };
        boolean insecure = instruction.security().equals("insecure");
        return run.network(network)
                .security(insecure ? Op.SecurityMode.INSECURE : Op.SecurityMode.SANDBOX)
                .cgroupParent(options.limits().cgroupParent());
    }

    private Run proxied(Run run) {
        Map<String, String> given = stage.plan().arguments();
        ExecMeta.Proxy proxy = new ExecMeta.Proxy(
                either(given, "HTTP_PROXY"),
                either(given, "HTTPS_PROXY"),
                either(given, "FTP_PROXY"),
                either(given, "NO_PROXY"),
                either(given, "ALL_PROXY"));
        return proxy.equals(new ExecMeta.Proxy("", "", "", "", "")) ? run : run.proxy(proxy);
    }

    /** In whatever case; of several the last in order counts. */
    private static String either(Map<String, String> given, String name) {
        List<String> found = given.entrySet().stream()
                .filter(entry -> entry.getKey().toUpperCase(Locale.ROOT).equals(name))
                .map(Map.Entry::getValue)
                .toList();
        return found.isEmpty() ? "" : found.getLast();
    }
}

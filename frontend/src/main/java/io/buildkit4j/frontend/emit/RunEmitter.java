package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Heredoc;
import io.buildkit4j.frontend.syntax.Statement;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.ExecMount.CacheSharing;
import io.buildkit4j.llb.ExecMount.ContentCache;
import io.buildkit4j.llb.ExecMount.Grant;
import io.buildkit4j.llb.ExecMount.MountFrame;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** RUN. */
final class RunEmitter {
    private final StageEmitter stage;
    private final Statement statement;
    private int sshSockets;

    private RunEmitter(StageEmitter stage, Statement statement) {
        this.stage = stage;
        this.statement = statement;
    }

    static void emit(StageEmitter stage, Instruction.Run run) throws InterruptedException {
        new RunEmitter(stage, run.statement()).emit(run);
    }

    private void emit(Instruction.Run instruction) throws InterruptedException {
        if (instruction.command().words().isEmpty()) {
            throw statement.fault("RUN requires at least one argument");
        }
        StepNote note = stage.note(statement);
        Run run = command(instruction.command());
        String shown = String.join(" ", run.args());
        for (Instruction.RunMount mount : instruction.mounts()) {
            run = mount(run, mount);
        }
        run = confined(run, instruction);
        run = proxied(run);
        stage.state(stage.state().run(run, note).root());
        String given = stage.arguments().isEmpty()
                ? ""
                : "|" + stage.arguments().size() + " " + String.join(" ", stage.arguments()) + " ";
        stage.image().history("RUN " + given + shown, true);
    }

    private Run command(Instruction.CommandLine command) {
        if (!command.shell()) {
            return Run.args(command.words());
        }
        String line = command.words().getFirst();
        List<Heredoc> heredocs = statement.heredocs();
        if (heredocs.isEmpty()) {
            return Run.args(stage.shell(line));
        }
        Heredoc first = heredocs.getFirst();
        boolean alone = heredocs.size() == 1 && line.replaceAll("['\"]", "").equals(first.word());
        if (!alone) {
            StringBuilder script = new StringBuilder(line);
            heredocs.forEach(here -> script.append('\n').append(here.content()).append(here.name()));
            return Run.args(stage.shell(script.toString()));
        }
        if (!first.content().startsWith("#!")) {
            return Run.args(stage.shell(first.content()));
        }
        State file = State.scratch()
                .file(
                        FileSteps.begin()
                                .makeFile(
                                        "/" + first.name(),
                                        0755,
                                        first.content().getBytes(StandardCharsets.UTF_8)),
                        StepNote.named("[internal] preparing inline document"));
        return Run.args("/dev/pipes/" + first.name()).mountReadOnly("/dev/pipes/", file);
    }

    private Run confined(Run run, Instruction.Run instruction) {
        Op.NetworkMode network = switch (stage.expand(statement, instruction.network())) {
            case "default" -> stage.plan().inputs().options().network().orElse(Op.NetworkMode.DEFAULT);
            case "none" -> Op.NetworkMode.NONE;
            case "host" -> Op.NetworkMode.HOST;
            default ->
                throw statement.fault("invalid network mode: " + instruction.network() + "; use default, none or host");
        };
        Op.SecurityMode security = switch (stage.expand(statement, instruction.security())) {
            case "sandbox" -> Op.SecurityMode.SANDBOX;
            case "insecure" -> Op.SecurityMode.INSECURE;
            default ->
                throw statement.fault(
                        "security \"" + instruction.security() + "\" is not valid; use sandbox or insecure");
        };
        return run.network(network).security(security);
    }

    private Run proxied(Run run) {
        Map<String, String> given = stage.plan().inputs().options().buildArgs();
        ExecMeta.Proxy proxy = new ExecMeta.Proxy(
                either(given, "HTTP_PROXY"),
                either(given, "HTTPS_PROXY"),
                either(given, "FTP_PROXY"),
                either(given, "NO_PROXY"),
                either(given, "ALL_PROXY"));
        return proxy.equals(new ExecMeta.Proxy("", "", "", "", "")) ? run : run.proxy(proxy);
    }

    private static String either(Map<String, String> given, String name) {
        return given.getOrDefault(name, given.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), ""));
    }

    private Run mount(Run run, Instruction.RunMount mount) throws InterruptedException {
        String target = mount.option("target", "dst", "destination")
                .map(text -> stage.expand(statement, text))
                .orElse("");
        return switch (mount.type()) {
            case "bind" -> bind(run, mount, required(target));
            case "cache" -> cache(run, mount, required(target));
            case "tmpfs" -> run.tmpfs(required(target), size(mount));
            case "secret" -> secret(run, mount, target);
            default -> ssh(run, mount, target);
        };
    }

    private String required(String target) {
        if (target.isEmpty()) {
            throw statement.fault("missing target in mount: name it with target=PATH");
        }
        return target;
    }

    private State source(Instruction.RunMount mount, String path) throws InterruptedException {
        if (mount.option("from").isEmpty()) {
            return stage.plan().context().need(path);
        }
        String from = stage.expand(statement, mount.option("from").get());
        return stage.plan().from(from, stage.stage().index(), statement.place());
    }

    private Run bind(Run run, Instruction.RunMount mount, String target) throws InterruptedException {
        String path = RootedPath.inside(
                stage.expand(statement, mount.option("source", "src").orElse("")));
        boolean writable = mount.flag("rw", "readwrite");
        MountFrame frame = new MountFrame(
                Op.NONE, path.isEmpty() ? "" : "/" + path, target, Op.NONE, !writable, "", ContentCache.DEFAULT);
        return run.mount(new ExecMount.Bind(frame), source(mount, path), true);
    }

    // departs from MethodLength: mostly one long literal
    private Run cache(Run run, Instruction.RunMount mount, String target) throws InterruptedException {
        String id = stage.expand(statement, mount.option("id").orElse(target));
        CacheSharing sharing = switch (mount.option("sharing").orElse("shared")) {
            case "shared" -> CacheSharing.SHARED;
            case "private" -> CacheSharing.PRIVATE;
            case "locked" -> CacheSharing.LOCKED;
            default ->
                throw statement.fault(
                        "unsupported sharing value \"" + mount.option("sharing").orElse("") + "\"");
        };
        String path = RootedPath.inside(mount.option("source", "src").orElse(""));
        boolean made = mount.option("from").isEmpty()
                && mount.option("mode", "uid", "gid").isPresent();
        State base = mount.option("from").isPresent() ? source(mount, path) : State.scratch();
        if (made) {
            String owner =
                    mount.option("uid").orElse("0") + ":" + mount.option("gid").orElse("0");
            base = State.scratch()
                    .file(
                            FileSteps.begin()
                                    .then(
                                            new io.buildkit4j.llb.FileAction.MakeDirectory(
                                                    FileSteps.open(),
                                                    "/cache",
                                                    octal(mount, 0755),
                                                    false,
                                                    Owners.of(owner),
                                                    io.buildkit4j.llb.FileAction.KEEP_TIME),
                                            State.scratch()),
                            StepNote.named("[internal] settings cache mount permissions"));
            path = "cache";
        }
        MountFrame frame = new MountFrame(
                Op.NONE,
                path.isEmpty() ? "" : "/" + path,
                target,
                Op.NONE,
                mount.flag("ro", "readonly"),
                "",
                ContentCache.DEFAULT);
        return run.mount(new ExecMount.Cache(frame, id, sharing), base, true);
    }

    private Run secret(Run run, Instruction.RunMount mount, String target) {
        String variable = mount.option("env").orElse("");
        String named = target.isEmpty() ? variable : target.substring(target.lastIndexOf('/') + 1);
        String id = stage.expand(statement, mount.option("id").orElse(named));
        if (id.isEmpty()) {
            throw statement.fault("one of source, target required");
        }
        boolean optional = !mount.flag("required");
        Run with = variable.isEmpty() ? run : run.secretVariable(new Op.SecretVariable(id, variable, optional));
        if (!variable.isEmpty() && target.isEmpty()) {
            return with;
        }
        return with.secret(target.isEmpty() ? "/run/secrets/" + id : target, grant(mount, id, 0400));
    }

    private Run ssh(Run run, Instruction.RunMount mount, String target) {
        String id = stage.expand(statement, mount.option("id").orElse("default"));
        String socket = target.isEmpty() ? "/run/buildkit/ssh_agent." + sshSockets : target;
        Run with = sshSockets++ == 0 ? run.environment("SSH_AUTH_SOCK", socket) : run;
        return with.ssh(socket, grant(mount, id, 0600));
    }

    private Grant grant(Instruction.RunMount mount, String id, int mode) {
        return new Grant(id, number(mount, "uid"), number(mount, "gid"), octal(mount, mode), !mount.flag("required"));
    }

    private int number(Instruction.RunMount mount, String key) {
        String text = mount.option(key).orElse("0");
        if (!text.matches("\\d{1,9}")) {
            throw statement.fault("invalid value for " + key + ": " + text);
        }
        return Integer.parseInt(text);
    }

    private int octal(Instruction.RunMount mount, int fallback) {
        String text = mount.option("mode").orElse("");
        if (!text.isEmpty() && !text.matches("[0-7]{1,6}")) {
            throw statement.fault("invalid value " + text + " for mode");
        }
        return text.isEmpty() ? fallback : Integer.parseInt(text, 8);
    }

    private long size(Instruction.RunMount mount) {
        String text = mount.option("size").orElse("0").toLowerCase(java.util.Locale.ROOT);
        java.util.regex.Matcher parts =
                java.util.regex.Pattern.compile("(\\d{1,15})([kmgt]?)i?b?").matcher(text);
        if (!parts.matches()) {
            throw statement.fault("invalid value for size: " + text);
        }
        int shift = "kmgt".indexOf(parts.group(2)) + 1;
        return Long.parseLong(parts.group(1)) << (parts.group(2).isEmpty() ? 0 : 10 * shift);
    }
}

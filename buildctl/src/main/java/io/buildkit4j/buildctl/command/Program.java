package io.buildkit4j.buildctl.command;

import com.google.gson.JsonObject;
import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.DaemonInfo;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.footing.Fault;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the command that is meant and runs it; turns whatever goes wrong into one line and an exit code. */
public final class Program {
    private final Surroundings surroundings;
    private final PrintStream out;
    private final PrintStream err;

    /** For one process. */
    public Program(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.out = surroundings.out();
        this.err = surroundings.err();
    }

    /** Runs the command in these words; answers the exit code. */
    @SuppressWarnings("InterruptedExceptionSwallowed") // the interrupt ends the program: there is nobody to tell
    public int run(List<String> words) {
        boolean debug = words.contains("--debug");
        try {
            command(words);
            return 0;
        } catch (InterruptedException canceled) {
            tell(words, "interrupted; the build was canceled");
        } catch (Fault | UncheckedIOException failed) {
            if (failed instanceof ClientFault fault) {
                fault.place().ifPresent(place -> err.print(place.excerpt()));
            }
            tell(words, failed.getMessage());
            if (debug) {
                failed.printStackTrace(err);
            }
        } catch (RuntimeException broken) {
            err.println("error: this is a mistake in buildctl: " + broken);
            broken.printStackTrace(err);
        }
        err.flush();
        return 1;
    }

    /** Before the command's own flags are read, an error may come from them. */
    private void tell(List<String> words, @Nullable String message) {
        int at = words.indexOf("--log-format");
        boolean json = words.contains("--log-format=json")
                || (at >= 0 && at + 1 < words.size() && words.get(at + 1).equals("json"));
        if (json) {
            JsonObject line = new JsonObject();
            line.addProperty("level", "error");
            line.addProperty("msg", message);
            line.addProperty(
                    "time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            err.println(line);
        } else {
            err.println("error: " + message);
        }
    }

    private void command(List<String> words) throws InterruptedException {
        Arguments global = Arguments.parse(Usage.PROGRAM.flags(), words, true);
        if (global.on("version")) {
            out.println(Version.line());
            return;
        }
        String format = global.text("log-format").orElse("text");
        if (!format.equals("text") && !format.equals("json")) {
            throw new UsageFault("--log-format is text or json, not: " + format);
        }
        if (global.on("help") || global.rest().isEmpty()) {
            out.print(Usage.PROGRAM.help());
            return;
        }
        String name = global.rest().getFirst();
        List<String> rest = global.rest().subList(1, global.rest().size());
        switch (name) {
            case "build", "b" -> build(global, rest);
            case "explain" -> explain(global, rest);
            case "dockerfile" -> dockerfile(rest);
            case "du" -> diskUsage(global, rest);
            case "prune" -> prune(global, rest);
            case "df" -> space(global, rest);
            case "debug" -> debug(global, rest);
            case "attach" -> follow(global, rest);
            case "prune-histories" -> histories(global, Usage.PRUNE_HISTORIES, rest);
            case "dial-stdio" -> DialCommand.run(global, surroundings);
            case "help" -> out.print(Usage.PROGRAM.help());
            default ->
                throw new UsageFault(
                        "command is not known: " + name
                                + "; there are build, explain, dockerfile, attach, du, prune, prune-histories, df and debug (see buildctl --help)");
        }
    }

    /** The arguments of a command, unless its help was asked for and shown. */
    private java.util.Optional<Arguments> arguments(Usage usage, List<String> words) {
        Arguments arguments = Arguments.parse(usage.flags(), words, false);
        if (arguments.on("help")) {
            out.print(usage.help());
            return java.util.Optional.empty();
        }
        return java.util.Optional.of(arguments);
    }

    private void build(Arguments global, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(Usage.BUILD, words).orElse(null);
        if (arguments == null) {
            return;
        }
        BuildCommand command = new BuildCommand(surroundings);
        SolveRequest request = command.request(arguments);
        try (Reached daemon = Reached.from(global, surroundings)) {
            command.run(arguments, request, daemon.client());
        }
    }

    private void explain(Arguments global, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(Usage.EXPLAIN, words).orElse(null);
        if (arguments == null) {
            return;
        }
        try (Reached daemon = Reached.from(global, surroundings)) {
            new ExplainCommand(out).run(arguments, daemon.client());
        }
    }

    private void dockerfile(List<String> words) throws InterruptedException {
        if (words.isEmpty() || !words.getFirst().equals("explain")) {
            throw new UsageFault("buildctl dockerfile does one thing: explain FILE");
        }
        Arguments arguments = arguments(Usage.DOCKERFILE_EXPLAIN, words.subList(1, words.size()))
                .orElse(null);
        if (arguments != null) {
            new DockerfileCommand(surroundings).explain(arguments);
        }
    }

    private void diskUsage(Arguments global, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(Usage.DU, words).orElse(null);
        if (arguments == null) {
            return;
        }
        try (Reached daemon = Reached.from(global, surroundings)) {
            new DiskUsageCommand(out).run(arguments, daemon.client());
        }
    }

    private void prune(Arguments global, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(Usage.PRUNE, words).orElse(null);
        if (arguments == null) {
            return;
        }
        try (Reached daemon = Reached.from(global, surroundings)) {
            new PruneCommand(out).run(arguments, daemon.client());
        }
    }

    private void space(Arguments global, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(Usage.DF, words).orElse(null);
        if (arguments == null) {
            return;
        }
        try (Reached daemon = Reached.from(global, surroundings)) {
            new SpaceCommand(out).run(arguments, daemon.client());
        }
    }

    private void verify(Arguments global, Arguments arguments) throws InterruptedException {
        try (Reached daemon = Reached.from(global, surroundings)) {
            new VerifyCommand(out).run(arguments, daemon.client());
        }
    }

    private void debug(Arguments global, List<String> words) throws InterruptedException {
        String name = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        switch (name) {
            case "dump-llb", "dump-metadata" -> dump(name, rest);
            case "workers" -> {
                Arguments arguments = arguments(Usage.WORKERS, rest).orElse(null);
                if (arguments != null) {
                    workers(global, arguments);
                }
            }
            case "logs" -> follow(global, rest);
            case "histories" -> histories(global, Usage.HISTORIES, rest);
            case "monitor" -> histories(global, Usage.MONITOR, rest);
            case "ctl" -> histories(global, Usage.CTL, rest);
            case "get" -> histories(global, Usage.GET, rest);
            case "verify" -> {
                Arguments arguments = arguments(Usage.VERIFY, rest).orElse(null);
                if (arguments != null) {
                    verify(global, arguments);
                }
            }
            case "info" -> {
                Arguments arguments = arguments(Usage.INFO, rest).orElse(null);
                if (arguments != null) {
                    info(global, arguments);
                }
            }
            case "", "--help", "-h" -> out.print(Usage.DEBUG.help());
            default ->
                throw new UsageFault(
                        "command is not known: debug " + name
                                + "; there are dump-llb, dump-metadata, logs, histories, monitor, ctl, get, workers, verify and info");
        }
    }

    /** What needs no daemon. */
    private void dump(String what, List<String> words) throws InterruptedException {
        boolean graph = what.equals("dump-llb");
        Arguments arguments =
                arguments(graph ? Usage.DUMP_LLB : Usage.DUMP_METADATA, words).orElse(null);
        if (arguments == null) {
            return;
        }
        if (graph) {
            new DumpCommand(surroundings).run(arguments);
        } else {
            new MetadataCommand(out).run(arguments);
        }
    }

    private void follow(Arguments global, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(Usage.LOGS, words).orElse(null);
        if (arguments == null) {
            return;
        }
        try (Reached daemon = Reached.from(global, surroundings)) {
            new BuildCommand(surroundings).follow(arguments, daemon.client());
        }
    }

    private void histories(Arguments global, Usage usage, List<String> words) throws InterruptedException {
        Arguments arguments = arguments(usage, words).orElse(null);
        if (arguments == null) {
            return;
        }
        try (Reached daemon = Reached.from(global, surroundings)) {
            new HistoryCommand(out).run(usage, arguments, daemon.client().history());
        }
    }

    private void workers(Arguments global, Arguments arguments) throws InterruptedException {
        try (Reached daemon = Reached.from(global, surroundings)) {
            new WorkersCommand(out).run(arguments, daemon.client());
        }
    }

    private void info(Arguments global, Arguments arguments) throws InterruptedException {
        boolean json = Format.isJson(arguments);
        try (Reached daemon = Reached.from(global, surroundings)) {
            DaemonInfo info = daemon.client().info();
            out.println(
                    json
                            ? WorkerJson.of(info)
                            : "BuildKit: " + info.name() + " " + info.version() + " " + info.revision());
        }
    }
}

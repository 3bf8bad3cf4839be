package io.buildkit4j.frontend.instruction;

import io.buildkit4j.frontend.instruction.Instruction.CommandLine;
import io.buildkit4j.frontend.instruction.Instruction.Fetched;
import io.buildkit4j.frontend.instruction.Instruction.Pair;
import io.buildkit4j.frontend.instruction.Instruction.RunMount;
import io.buildkit4j.frontend.instruction.Instruction.Transfer;
import io.buildkit4j.frontend.syntax.Heredoc;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Texts of instructions to typed instructions. */
public final class InstructionReader {
    private static final Set<String> KEYWORDS = Set.of(
            "ADD",
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "MAINTAINER",
            "ONBUILD",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");

    private final Statement statement;
    private final char escape;
    private final Set<String> allowed = new TreeSet<>();

    private InstructionReader(Statement statement, char escape) {
        this.statement = statement;
        this.escape = escape;
    }

    /**
     * Reads one instruction.
     *
     * @param escape the file's, {@code \} or a backtick
     * @throws io.buildkit4j.frontend.DockerfileFault naming the line when keyword, flag or argument is wrong
     */
    public static Instruction read(Statement statement, char escape) {
        return new InstructionReader(statement, escape).read();
    }

    // departs from MethodLength: one case for each instruction, and splitting would hide the table
    private Instruction read() {
        return switch (statement.keyword()) {
            case "ADD" ->
                new Instruction.Add(
                        statement,
                        transfer("chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"),
                        new Fetched(text("checksum").orElse(""), flag("keep-git-dir"), flag("unpack")));
            case "ARG" -> new Instruction.Arg(statement, arguments());
            case "CMD" -> new Instruction.Cmd(plain(), command());
            case "COPY" ->
                new Instruction.Copy(
                        statement, transfer("from", "chown", "chmod", "link", "parents", "exclude"), text("from"));
            case "ENTRYPOINT" -> new Instruction.Entrypoint(plain(), command());
            case "ENV" -> new Instruction.Env(plain(), pairs());
            case "EXPOSE" -> new Instruction.Expose(plain(), words(1));
            case "FROM" -> from();
            case "HEALTHCHECK" -> {
                allow("interval", "timeout", "start-period", "start-interval", "retries");
                yield HealthcheckReader.read(statement);
            }
            case "LABEL" -> new Instruction.Label(plain(), pairs());
            case "MAINTAINER" -> new Instruction.Maintainer(plain(), single());
            case "ONBUILD" -> onbuild();
            case "RUN" -> {
                allow("mount", "network", "security");
                List<RunMount> mounts = texts("mount").stream()
                        .map(text -> MountReader.read(statement, text))
                        .toList();
                yield new Instruction.Run(
                        statement,
                        command(),
                        mounts,
                        one("network", "default", "none", "host"),
                        one("security", "sandbox", "insecure"));
            }
            case "SHELL" -> {
                plain();
                List<String> shell = statement.json().orElse(List.of());
                if (shell.isEmpty()) {
                    throw statement.fault("SHELL requires the arguments to be in JSON form");
                }
                yield new Instruction.Shell(statement, shell);
            }
            case "STOPSIGNAL" -> new Instruction.Stopsignal(plain(), single());
            case "USER" -> new Instruction.User(plain(), single());
            case "VOLUME" -> new Instruction.Volume(plain(), volumes());
            case "WORKDIR" -> new Instruction.Workdir(plain(), single());
            default ->
                throw statement.fault("unknown instruction: " + statement.written()
                        + Spelling.suggestion(statement.keyword(), KEYWORDS, ""));
        };
    }

    private void allow(String... names) {
        allowed.addAll(List.of(names));
        for (Statement.Flag flag : statement.flags()) {
            if (!allowed.contains(flag.name())) {
                throw statement.fault(
                        "unknown flag: --" + flag.name() + Spelling.suggestion(flag.name(), allowed, "--"));
            }
        }
    }

    private Statement plain() {
        allow();
        return statement;
    }

    private List<String> texts(String name) {
        return statement.flags().stream()
                .filter(flag -> flag.name().equals(name))
                .map(flag -> flag.value().orElseThrow(() -> statement.fault("missing a value on flag: --" + name)))
                .toList();
    }

    private Optional<String> text(String name) {
        List<String> given = texts(name);
        if (given.size() > 1) {
            throw statement.fault("duplicate flag specified: --" + name);
        }
        return given.stream().findFirst();
    }

    private String one(String name, String... valid) {
        String given = text(name).orElse(valid[0]);
        if (!List.of(valid).contains(given)) {
            throw statement.fault((name.equals("network")
                            ? "invalid network mode \"" + given + "\""
                            : name + " \"" + given + "\" is not valid")
                    + "; use " + String.join(" or ", valid) + Spelling.suggestion(given, List.of(valid), ""));
        }
        return given;
    }

    private Optional<Boolean> flag(String name) {
        List<Statement.Flag> given = statement.flags().stream()
                .filter(flag -> flag.name().equals(name))
                .toList();
        if (given.size() > 1) {
            throw statement.fault("duplicate flag specified: --" + name);
        }
        return given.stream().findFirst().map(flag -> {
            String value = flag.value().orElse("true");
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                case "" -> throw statement.fault("missing a value on flag: --" + name);
                default -> throw statement.fault("expecting boolean value for flag --" + name + ", not: " + value);
            };
        });
    }

    private List<String> volumes() {
        List<String> paths = words(1).stream().map(String::strip).toList();
        if (paths.contains("")) {
            throw statement.fault("VOLUME specified can not be an empty string");
        }
        return paths;
    }

    /** Cut at blanks alone, or a JSON list where one is allowed. */
    private List<String> words(int least) {
        List<String> words = statement.json().orElseGet(() -> WordCutter.split(statement.rest()));
        if (words.isEmpty()) {
            throw statement.fault(statement.keyword() + " requires at least "
                    + (least == 1
                            ? "one argument"
                            : "two arguments, but none was provided. Destination could not be determined"));
        }
        if (words.size() < least) {
            throw statement.fault(
                    statement.keyword()
                            + " requires at least two arguments, but only one was provided. Destination could not be determined");
        }
        return words;
    }

    private String single() {
        if (statement.rest().isEmpty()) {
            throw statement.fault(statement.keyword() + " requires exactly one argument");
        }
        return statement.rest();
    }

    private Transfer transfer(String... flags) {
        allow(flags);
        List<String> words = new ArrayList<>(words(2));
        String destination = words.removeLast();
        if (Heredoc.announced(destination).isPresent()) {
            throw statement.fault(statement.keyword() + " cannot accept a heredoc as a destination");
        }
        words.removeIf(word ->
                !statement.heredocs().isEmpty() && Heredoc.announced(word).isPresent());
        return new Transfer(
                List.copyOf(words),
                destination,
                text("chown").orElse(""),
                text("chmod").orElse(""),
                flag("link").orElse(false),
                flag("parents").orElse(false),
                texts("exclude"),
                statement.heredocs());
    }

    private CommandLine command() {
        return statement
                .json()
                .map(words -> new CommandLine(false, words))
                .orElseGet(() -> new CommandLine(true, List.of(statement.rest())));
    }

    private List<Instruction.Argument> arguments() {
        plain();
        List<Instruction.Argument> found = new ArrayList<>();
        List<String> words = WordCutter.cut(statement.rest(), escape);
        if (words.isEmpty()) {
            throw statement.fault("ARG requires at least one argument");
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals == 0) {
                throw statement.fault("ARG names can not be blank");
            }
            found.add(
                    equals < 0
                            ? new Instruction.Argument(word, Optional.empty())
                            : new Instruction.Argument(
                                    word.substring(0, equals), Optional.of(word.substring(equals + 1))));
        }
        return found;
    }

    private List<Pair> pairs() {
        String rest = statement.rest();
        if (rest.isEmpty()) {
            throw statement.fault(statement.keyword() + " requires at least one argument");
        }
        List<String> words = WordCutter.cut(rest, escape);
        if (words.isEmpty() || !words.getFirst().contains("=")) {
            String[] halves = rest.split("[\\t\\x0B\\f\\r ]+", 2);
            if (halves.length < 2) {
                throw statement.fault(statement.keyword() + " must have two arguments");
            }
            return List.of(new Pair(halves[0], halves[1]));
        }
        List<Pair> pairs = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw statement.fault(
                        "Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            if (equals == 0) {
                throw statement.fault(statement.keyword() + " names can not be blank");
            }
            pairs.add(new Pair(word.substring(0, equals), word.substring(equals + 1)));
        }
        return pairs;
    }

    private Instruction from() {
        allow("platform");
        List<String> words = words(1);
        boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("as");
        if (words.size() != 1 && !named) {
            throw statement.fault("FROM requires either one or three arguments: FROM <image> [AS <name>]");
        }
        Optional<String> name = named ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
        if (name.isPresent() && !name.get().matches("[a-z][a-z0-9\\-_.]*")) {
            throw statement.fault("invalid name for build stage: \"" + words.get(2)
                    + "\", name can't start with a number or contain symbols");
        }
        return new Instruction.From(statement, words.getFirst(), name, text("platform"));
    }

    private Instruction onbuild() {
        plain();
        if (statement.rest().isEmpty()) {
            throw statement.fault("ONBUILD requires at least one argument");
        }
        String inner = statement.rest().split("\\s", 2)[0].toUpperCase(Locale.ROOT);
        if (inner.equals("ONBUILD")) {
            throw statement.fault("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        }
        if (inner.equals("FROM") || inner.equals("MAINTAINER")) {
            throw statement.fault(inner + " isn't allowed as an ONBUILD trigger");
        }
        StringBuilder trigger = new StringBuilder(statement.rest());
        statement
                .heredocs()
                .forEach(here -> trigger.append('\n').append(here.content()).append(here.name()));
        return new Instruction.Onbuild(statement, trigger.toString());
    }
}
